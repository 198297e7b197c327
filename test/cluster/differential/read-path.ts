/**
 * Reads a value by its path: `metadata.name`, `items.0.spec`, `groups[name=apps].versions`, `items[].metadata.name` (of each).
 * Undefined where there is none.
 */
export function readPath(value: unknown, path: string): unknown {
  const [step = "", ...rest] = path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
  return readSteps(value, [step, ...rest]);
}

function readSteps(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined || step === "") return value;
  if (step === "[]") return Array.isArray(value) ? value.map((item) => readSteps(item, rest)) : undefined;
  const [, key, wanted] = /^\[(.+)=(.*)\]$/.exec(step) ?? [];
  if (key !== undefined) {
    const found = Array.isArray(value) ? value.find((item) => memberOf(item, key) === wanted) : undefined;
    return readSteps(found, rest);
  }
  return readSteps(memberOf(value, step), rest);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
