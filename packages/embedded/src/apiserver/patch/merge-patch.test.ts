import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePatch } from "./merge-patch.js";

// RFC 7386, appendix A.
test.each([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("%j patched with %j is %j", (target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected);
});

test("gives any object from any other by the difference between them, and changes neither argument", () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, fc.integer(), fc.string(), tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 3 }),
    object: fc.dictionary(fc.constantFrom("a", "b", "__proto__", "constructor"), tie("value")),
  }));
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const difference = (from: unknown, to: unknown): unknown => {
    if (!isObject(from) || !isObject(to)) return to;
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return Object.fromEntries(
      [...keys].map((key) => [
        key,
        Object.hasOwn(to, key) ? difference(Object.hasOwn(from, key) ? from[key] : undefined, to[key]) : null,
      ]),
    );
  };
  fc.assert(
    fc.property(json.object, json.object, (from, to) => {
      const [before, patch] = [JSON.stringify(from), difference(from, to)];
      expect(JSON.parse(JSON.stringify(mergePatch(from, patch)))).toEqual(JSON.parse(JSON.stringify(to)));
      expect(JSON.stringify(from)).toBe(before);
    }),
  );
});
