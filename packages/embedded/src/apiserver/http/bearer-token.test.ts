import { expect, it } from "vitest";
import { readBearerToken, staticTokens } from "./bearer-token.js";

it("knows exactly the tokens it was given", () => {
  const authenticate = staticTokens([
    ["one", { username: "a", groups: [] }],
    ["two", { username: "b", groups: ["g"] }],
  ]);
  expect(authenticate("two")).toEqual({ username: "b", groups: ["g"] });
  for (const token of ["", "on", "onee", "ONE", "one ", "two\0"]) expect(authenticate(token)).toBeUndefined();
});

it.each([
  ["Bearer abc", "abc"],
  ["bearer abc def", "abc"],
  ["Bearer", undefined],
  ["Bearer ", undefined],
  ["Bearer  abc", undefined],
  ["Basic abc", undefined],
  [undefined, undefined],
])("reads %j as %j", (header, token) => expect(readBearerToken(header)).toBe(token));
