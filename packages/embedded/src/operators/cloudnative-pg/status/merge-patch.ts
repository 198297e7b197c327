import { isDeepStrictEqual } from "node:util";

type Json = Readonly<Record<string, unknown>>;

/** The RFC 7386 patch that turns `from` into `to`, or undefined when they are the same. An undefined member counts as absent. */
export function mergePatch(from: Json, to: Json): Json | undefined {
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [before, after] = [from[key], to[key]];
    if (after === undefined) {
      if (before !== undefined) patch[key] = null;
    } else if (isRecord(before) && isRecord(after)) {
      const inner = mergePatch(before, after);
      if (inner !== undefined) patch[key] = inner;
    } else if (!isDeepStrictEqual(before, withoutUndefined(after))) {
      patch[key] = after;
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As it will be once it has been through JSON. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
