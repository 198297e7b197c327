import fc from "fast-check";
import { expect, it } from "vitest";
import { negotiate, parseAccept } from "./accept.js";

it("never fails, whatever the header", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z*/;=,q0-9. "]{0,60}$/)), (header) => {
      const choice = negotiate(parseAccept(header), ["Table"]);
      expect(["json", "yaml", undefined]).toContain(choice?.format);
    }),
  );
});

it("tries what the client likes best first, and a named type before a wildcard", () => {
  const types = parseAccept("*/*, text/plain;q=0.5, application/*, application/json;q=0.9, application/yaml");
  expect(types.map(({ type }) => type)).toEqual([
    "application/yaml",
    "application/*",
    "*/*",
    "application/json",
    "text/plain",
  ]);
});
