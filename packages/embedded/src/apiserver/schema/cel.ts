import { Environment } from "@marcbachmann/cel-js";
import { isRecord, type JsonRecord } from "../object/api-object.js";
import { matchesPattern } from "./regular-expression.js";

export interface CompiledRule {
  readonly usesOldSelf: boolean;
  /** Why it is not evaluated. `syntax`: no CEL at all. `unsupported`: a function that this library lacks. */
  readonly problem: { readonly type: "syntax" | "unsupported"; readonly message: string } | undefined;
  evaluate(variables: JsonRecord): unknown;
}

const LIMITS = {
  maxAstNodes: 10_000,
  maxDepth: 100,
  maxListElements: 1_000,
  maxMapEntries: 1_000,
  maxCallArguments: 32,
};
const ENVIRONMENT = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: LIMITS,
});

// The library's own `matches` is JavaScript's: other syntax, and a pattern that backtracks could stall the server.
const SAFE_MATCHES = "matchesRe2";
ENVIRONMENT.registerFunction(`string.${SAFE_MATCHES}(string): bool`, (text: string, pattern: string) =>
  matchesPattern(pattern, text),
);

const COMPILED = new Map<string, CompiledRule>();
const MAX_COMPILED = 5_000;

/** Parses and checks one expression; the same text is compiled once. */
export function compileRule(text: string): CompiledRule {
  const known = COMPILED.get(text);
  if (known !== undefined) return known;
  const compiled = compile(text);
  if (COMPILED.size >= MAX_COMPILED) COMPILED.clear();
  COMPILED.set(text, compiled);
  return compiled;
}

function compile(text: string): CompiledRule {
  const usesOldSelf = /\boldSelf\b/.test(text);
  const broken = (type: "syntax" | "unsupported", error: unknown): CompiledRule => ({
    usesOldSelf,
    problem: { type, message: error instanceof Error ? (error.message.split("\n")[0] ?? "") : "cannot be compiled" },
    evaluate: () => undefined,
  });
  try {
    const parsed = ENVIRONMENT.parse(text);
    replaceMatches(parsed.ast);
    const { valid, error } = parsed.check();
    if (!valid) return broken("unsupported", error);
    return { usesOldSelf, problem: undefined, evaluate: (variables) => parsed(variables) };
  } catch (error) {
    return broken("syntax", error);
  }
}

/** Method calls are nodes `rcall` with the arguments [name, receiver, parameters]. */
function replaceMatches(node: unknown): void {
  if (Array.isArray(node)) {
    for (const inner of node) replaceMatches(inner);
  } else if (isRecord(node) && Array.isArray(node.args)) {
    if (node.op === "rcall" && node.args[0] === "matches") node.args[0] = SAFE_MATCHES;
    replaceMatches(node.args);
  }
}
