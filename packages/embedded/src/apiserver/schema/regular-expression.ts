import { RE2JS } from "re2js";

/** RE2, as Kubernetes uses it: its syntax is not JavaScript's, and it never backtracks, so no pattern can stall the server. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compile(pattern)?.matcher(text).find() ?? false;
}

/** What is wrong with a pattern; undefined when nothing is. */
export function patternProblem(pattern: string): string | undefined {
  return compile(pattern) === undefined ? "is not a valid regular expression" : undefined;
}

const COMPILED = new Map<string, RE2JS | undefined>();

function compile(pattern: string): RE2JS | undefined {
  if (COMPILED.has(pattern)) return COMPILED.get(pattern);
  let compiled: RE2JS | undefined;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    compiled = undefined;
  }
  if (COMPILED.size >= MAX_COMPILED) COMPILED.clear();
  COMPILED.set(pattern, compiled);
  return compiled;
}

const MAX_COMPILED = 2_000;
