import { isRecord } from "../object/api-object.js";

type Step =
  | { readonly type: "field"; readonly name: string }
  | { readonly type: "index"; readonly index: number }
  | { readonly type: "every" }
  | { readonly type: "where"; readonly path: readonly Step[]; readonly equal: boolean; readonly value: unknown };

/**
 * Compiles the JSONPath that definitions use: `.a.b`, `['a']`, `.list[0]`, `.list[*]`, `.list[?(@.type=="Ready")].status`.
 * Source of the language: https://kubernetes.io/docs/reference/kubectl/jsonpath/.
 *
 * @returns every value that the path finds, or undefined when the text is no such path.
 */
export function compileJsonPath(text: string): ((object: unknown) => readonly unknown[]) | undefined {
  const steps = parse(text.replace(/^\{(.*)\}$/s, "$1").replace(/^\$/, ""));
  return steps === undefined ? undefined : (object) => find(steps, object);
}

const STEP =
  /^(?:\.?\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+)|(\*)|\?\(\s*@([^=!<>()"'\s]*)\s*(==|!=)\s*("[^"]*"|'[^']*'|[\w.-]+)\s*\))\s*\]|\.((?:[^.[\]\\]|\\.)+))/s;

function parse(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let rest = text;
  while (rest !== "") {
    const match = STEP.exec(rest);
    if (match === null) return undefined;
    const [whole, single, double, index, every, path, operator, value, field] = match;
    const name = single ?? double ?? field;
    if (every !== undefined || field === "*") steps.push({ type: "every" });
    else if (name !== undefined) steps.push({ type: "field", name: name.replaceAll(/\\(.)/gs, "$1") });
    else if (index !== undefined) steps.push({ type: "index", index: Number(index) });
    else {
      const inner = parse(path ?? "");
      if (inner === undefined) return undefined;
      steps.push({ type: "where", path: inner, equal: operator === "==", value: literal(value ?? "") });
    }
    rest = rest.slice(whole.length);
  }
  return steps;
}

function literal(text: string): unknown {
  if (/^["']/.test(text)) return text.slice(1, -1);
  if (text === "true" || text === "false") return text === "true";
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function find(steps: readonly Step[], root: unknown): readonly unknown[] {
  let values: unknown[] = [root];
  for (const step of steps) values = values.flatMap((value) => take(step, value));
  return values;
}

function take(step: Step, value: unknown): unknown[] {
  if (step.type === "field") return isRecord(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
  const items = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  if (step.type === "every") return items;
  if (step.type === "index")
    return Array.isArray(value) && items.at(step.index) !== undefined ? [items.at(step.index)] : [];
  return items.filter((item) => (find(step.path, item)[0] === step.value) === step.equal);
}
