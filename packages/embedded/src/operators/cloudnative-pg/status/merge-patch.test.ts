import fc from "fast-check";
import jsonPatch from "fast-json-patch";
import { expect, it } from "vitest";
import { mergePatch } from "./merge-patch.js";

type Json = Record<string, unknown>;
/** RFC 7386, section 2, word for word. */
function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Json = typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = apply(result[key], value);
  }
  return result;
}

const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom(1, "a", true), fc.array(fc.constantFrom(1, "b")), tie("object")),
  object: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value")),
})).object as fc.Arbitrary<Json>;

it("makes one object of the other, and is nothing when they are the same", () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      const patch = mergePatch(from, to);
      expect(patch === undefined).toBe(jsonPatch.compare(from, to).length === 0);
      expect(apply(from, patch ?? {})).toEqual(to);
    }),
  );
});

it("takes a member that is undefined for one that is not there", () => {
  expect(mergePatch({ a: 1, b: 2 }, { a: undefined, b: 2 })).toEqual({ a: null });
  expect(mergePatch({ list: [{ a: 1 }] }, { list: [{ a: 1, b: undefined }] })).toBeUndefined();
});
