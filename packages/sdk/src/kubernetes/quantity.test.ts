import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuantity, type Quantity } from "./quantity.js";

function parsed(text: string): Quantity {
  const quantity = parseQuantity(text);
  if (quantity === undefined) throw new Error(`${text} is no quantity`);
  return quantity;
}

const SUFFIXES = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

describe("parseQuantity", () => {
  it.each([
    ["10Gi", 10n * 1024n ** 3n],
    ["1e3", 1000n],
    ["1E3", 1000n],
    ["1E", 10n ** 18n],
    ["1.5Gi", 1536n * 1024n ** 2n],
    ["+1k", 1000n],
    ["-1Ki", -1024n],
    [".5k", 500n],
    ["5.", 5n],
    ["1.G", 10n ** 9n],
    ["0010", 10n],
    ["1000000000000000000000000", 10n ** 24n],
  ])("reads %s", (text, value) => {
    expect(parsed(text).nanos).toBe(value * 10n ** 9n);
  });

  it("keeps fractions exactly and rounds only what is finer than a billionth, away from zero", () => {
    expect(parsed("500m").nanos).toBe(500_000_000n);
    expect(parsed("0.1").nanos + parsed("0.2").nanos).toBe(parsed("0.3").nanos);
    expect(parsed("0.9n").nanos).toBe(1n);
    expect(parsed("-0.9n").nanos).toBe(-1n);
    expect(parsed("1e-30").nanos).toBe(1n);
  });

  it("caps a binary amount where the API server does", () => {
    expect(parsed("8Ei").value).toBe(2n ** 63n - 1n);
    expect(parsed("7Ei").value).toBe(7n * 1024n ** 6n);
  });

  // The invalid ones of apimachinery's own quantity_test.go, and some more.
  it.each([
    ..."1.1.M 1+1.0M 0.1mi 0.1am aoeu .5i 1i -3.01i -3.01e- 1e 1e1.5 1e99999 --1 1_000 0x10 ١ Ki Inf NaN".split(" "),
    "",
    " ",
    "1 ",
    " 1",
    "1 Gi",
    ".",
    "+",
    "1Gi\n",
  ])("refuses %j", (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it("reads every decimal amount as the digits and the suffix say", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.constantFrom(...Object.entries(SUFFIXES)), (digits, [suffix, exponent]) => {
        expect(parsed(`${digits}${suffix}`).nanos).toBe(digits * 10n ** BigInt(exponent + 9));
        expect(parsed(`${digits}e${exponent}`).nanos).toBe(parsed(`${digits}${suffix}`).nanos);
      }),
    );
  });

  it("reads a fraction as the same digits with the point moved", () => {
    fc.assert(
      fc.property(fc.nat(), fc.stringMatching(/^[0-9]{1,9}$/), (whole, fraction) => {
        expect(parsed(`${whole}.${fraction}`).nanos).toBe(parsed(`${whole}${fraction}e-${fraction.length}`).nanos);
      }),
    );
  });

  it("never throws, whatever the text", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseQuantity(text)));
    fc.assert(fc.property(fc.stringMatching(/^[-+.0-9eEinumkKMGTP]*$/), (text) => void parseQuantity(text)));
  });
});

describe("compare", () => {
  it("finds amounts equal however they are written", () => {
    expect(parsed("1024Mi").compare(parsed("1Gi"))).toBe(0);
    expect(parsed("1000m").compare(parsed("1"))).toBe(0);
    expect(parsed("1G").compare(parsed("1Gi"))).toBe(-1);
    expect(parsed("2Gi").compare(parsed("1.5Gi"))).toBe(1);
  });

  it("orders amounts as their numbers", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        expect(Math.sign(parsed(`${a}`).compare(parsed(`${b}`)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it("rounds the whole number away from zero, so that half a CPU is one", () => {
    expect(parsed("500m").value).toBe(1n);
    expect(parsed("-500m").value).toBe(-1n);
    expect(parsed("10Gi").value).toBe(10_737_418_240n);
  });
});
