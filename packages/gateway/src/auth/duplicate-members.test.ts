import fc from "fast-check";
import { expect, test } from "vitest";
import { hasDuplicateMembers } from "./duplicate-members.js";

test.each([
  ['{"a":1,"a":2}', true],
  ['{"a":{"b":1,"b":1}}', true],
  ['{"a":1,"\\u0061":2}', true],
  ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', false],
  ['{"a":"a","b":"{\\"a\\":1,\\"a\\":2}"}', false],
  ['{"a\\"":1,"a":2}', false],
  ["[]", false],
])("%s: %s", (json, expected) => {
  expect(hasDuplicateMembers(json)).toBe(expected);
});

test("finds no duplicate in what JSON.stringify wrote", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => !hasDuplicateMembers(JSON.stringify(value))));
});
