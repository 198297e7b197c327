import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCount } from "./count.js";
import { parseDuration } from "./duration.js";
import { parsePort } from "./port.js";

describe("a duration on the command line", () => {
  it("is a number and a unit", () => {
    expect(["90s", "15m", "12h", "7d"].map(parseDuration)).toEqual([90, 900, 43_200, 604_800]);
  });

  it("is nothing else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^[1-9]\d{0,6}[smhd]$/.test(text));
        expect(() => parseDuration(text)).toThrow("Give a number and a unit");
      }),
    );
    for (const text of ["", "12", "-1h", "0s", "1.5h", " 1h", "1h ", "1H", "99999999d"]) {
      expect(() => parseDuration(text)).toThrow("Give a number and a unit");
    }
  });
});

describe("a port on the command line", () => {
  it("is one that exists, or 0 for any", () => {
    expect(["0", "4000", "65535"].map(parsePort)).toEqual([0, 4000, 65_535]);
    for (const text of ["", "65536", "-1", "http", "4000x", "1e3", "0x50"]) {
      expect(() => parsePort(text)).toThrow("between 0 and 65535");
    }
  });
});

describe("a count on the command line", () => {
  it("is a whole number up to a hundred", () => {
    expect(["0", "5", "100"].map(parseCount)).toEqual([0, 5, 100]);
    for (const text of ["", "-1", "1.5", "101", "many"]) expect(() => parseCount(text)).toThrow("between 0 and 100");
  });
});
