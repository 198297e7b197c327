import { badRequest } from "../object/failures.js";
import { type FieldError, invalid } from "../object/field-error.js";
import { labelValue, qualifiedName } from "../object/name-rules.js";

type Operator = "in" | "notin" | "=" | "==" | "!=" | "gt" | "lt" | "exists" | "!";

export interface LabelRequirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** Source of grammar and texts: apimachinery/pkg/labels/selector.go. An empty text selects everything. */
export function parseLabelSelector(text: string | undefined): readonly LabelRequirement[] {
  if (text === undefined || text === "") return [];
  try {
    return new Parser(text).parse();
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

export function matchesLabels(
  requirements: readonly LabelRequirement[],
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return requirements.every(({ key, operator, values }) => {
    const present = labels !== undefined && Object.hasOwn(labels, key);
    const value = present ? (labels[key] ?? "") : "";
    switch (operator) {
      case "exists":
        return present;
      case "!":
        return !present;
      case "in":
      case "=":
      case "==":
        return present && values.includes(value);
      case "notin":
      case "!=":
        return !present || !values.includes(value);
      default: {
        if (!present || !INTEGER.test(value)) return false;
        const [left, right] = [BigInt(value), BigInt(values[0] ?? "0")];
        return operator === "gt" ? left > right : left < right;
      }
    }
  });
}

const INTEGER = /^[+-]?\d{1,19}$/;
const WORD_OPERATORS = ["in", "notin"];
const SYMBOL_OPERATORS = ["=", "==", "!=", ">", "<"];

class SelectorError extends Error {}

interface Token {
  readonly type: "word" | "symbol" | "end";
  readonly text: string;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  // `=!` is two symbols, `==` and `!=` are one: the longest symbol that exists is taken.
  for (const [token] of text.matchAll(/==|!=|[=!(),<>]|[^\s=!(),<>]+/g)) {
    found.push({ type: /^[=!(),<>]/.test(token) ? "symbol" : "word", text: token });
  }
  return found;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const start = this.#peek();
      if (start.type === "end") return requirements;
      if (start.type !== "word" && start.text !== "!") {
        throw new SelectorError(`found '${start.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirement());
      const after = this.#take();
      if (after.type === "end") return requirements;
      if (after.text !== ",") throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
      const next = this.#peek();
      if (next.type !== "word" && next.text !== "!") {
        throw new SelectorError(`found '${next.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): LabelRequirement {
    let token = this.#take();
    const negated = token.text === "!" && token.type === "symbol";
    if (negated) token = this.#take();
    if (token.type !== "word") throw unparsable(`found '${token.text}', expected: identifier`);
    const key = token.text;
    check(qualifiedName(key).map((problem) => invalid("key", key, problem)));
    const next = this.#peek();
    if (negated || next.type === "end" || next.text === ",") {
      return { key, operator: negated ? "!" : "exists", values: [] };
    }
    const operator = this.#operator();
    const isSet = operator === "in" || operator === "notin";
    const values = isSet ? this.#values() : this.#exactValue();
    const errors: FieldError[] = [];
    for (const [index, value] of values.entries()) {
      if ((operator === "gt" || operator === "lt") && !INTEGER.test(value)) {
        errors.push(invalid(`values[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"));
      }
      for (const problem of labelValue(value)) errors.push(invalid(`values[${index}][${key}]`, value, problem));
    }
    check(errors);
    return { key, operator, values };
  }

  #operator(): Operator {
    const { type, text } = this.#take();
    if (type === "word" && WORD_OPERATORS.includes(text)) return text as Operator;
    if (type === "symbol" && SYMBOL_OPERATORS.includes(text)) {
      if (text === ">") return "gt";
      return text === "<" ? "lt" : (text as Operator);
    }
    throw unparsable(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
  }

  #values(): string[] {
    const open = this.#take();
    if (open.text !== "(") throw unparsable(`found '${open.text}' expected: '('`);
    const values = new Set<string>();
    let expectsValue = true;
    for (;;) {
      const token = this.#take();
      if (token.type === "word" && expectsValue) {
        values.add(token.text);
        expectsValue = false;
      } else if (token.text === "," && token.type === "symbol") {
        if (expectsValue) values.add("");
        expectsValue = true;
      } else if (token.text === ")" && token.type === "symbol") {
        if (expectsValue) values.add("");
        return [...values].sort();
      } else {
        throw unparsable(`found '${token.text}', expected: ${expectsValue ? "',', ')' or identifier" : "',' or ')'"}`);
      }
    }
  }

  #exactValue(): string[] {
    const next = this.#peek();
    if (next.type === "end" || (next.type === "symbol" && next.text === ",")) return [""];
    const token = this.#take();
    if (token.type !== "word") throw unparsable(`found '${token.text}', expected: identifier`);
    return [token.text];
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #take(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }
}

const END: Token = { type: "end", text: "" };

function unparsable(why: string): SelectorError {
  return new SelectorError(`unable to parse requirement: ${why}`);
}

function check(errors: readonly FieldError[]): void {
  const [first] = errors;
  if (first !== undefined) throw unparsable(errors.map(({ field, message }) => `${field}: ${message}`).join(", "));
}
