import { expect, test } from "vitest";
import { MAX_TOKEN_LENGTH, readBearerToken } from "./bearer-token.js";

test.each([["Bearer abc.def.ghi"], ["bearer abc.def.ghi"], ["BEARER   abc.def.ghi"]])("S059 reads %s", (value) => {
  expect(readBearerToken([value])).toBe("abc.def.ghi");
});

test.each([
  ["S059 another scheme", ["Basic YTpi"]],
  ["S059 no scheme", ["abc.def.ghi"]],
  ["S058 two tokens in one header", ["Bearer a.b.c, Bearer d.e.f"]],
  ["S058 two headers", ["Bearer a.b.c", "Bearer d.e.f"]],
  ["S062 a line break", ["Bearer a.b\r\nx: y"]],
  ["S062 another alphabet", ["Bearer ü"]],
  ["an empty header", [""]],
  ["no header", undefined],
  ["S056 too long", [`Bearer ${"a".repeat(MAX_TOKEN_LENGTH)}`]],
])("%s is no bearer token", (_, values) => {
  expect(readBearerToken(values)).toBeUndefined();
});
