import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { secretKind } from "../kinds/secret.js";
import { matchesFields, parseFieldSelector } from "./field-selector.js";
import { matchesLabels, parseLabelSelector } from "./label-selector.js";

const matches = (selector: string, labels: Record<string, string>) =>
  matchesLabels(parseLabelSelector(selector), labels);

describe("a label selector", () => {
  test.each([
    ["k=v", { k: "v" }, true],
    ["k == v , j", { k: "v", j: "" }, true],
    ["k!=v", {}, true],
    ["k!=v", { k: "v" }, false],
    ["k in (a,b)", { k: "b" }, true],
    ["k in (a,b)", {}, false],
    ["k in ()", { k: "" }, true],
    ["k in (,a)", { k: "" }, true],
    ["k notin (a,b)", {}, true],
    ["k notin (a,b)", { k: "a" }, false],
    ["k", { k: "" }, true],
    ["!k", {}, true],
    ["! k", { k: "" }, false],
    ["k>5", { k: "6" }, true],
    ["k>5", { k: "x" }, false],
    ["k<5", { k: "4" }, true],
    ["k=", { k: "" }, true],
    ["k=,j=1", { k: "", j: "1" }, true],
    ["in in (in)", { in: "in" }, true],
    ["example.com/k=v", { "example.com/k": "v" }, true],
    ["toString", {}, false],
    ["", { k: "v" }, true],
  ])("%s on %j gives %s", (selector, labels, expected) => {
    expect(matches(selector, labels as Record<string, string>)).toBe(expected);
  });

  test.each([
    ["a in b", "unable to parse requirement: found 'b' expected: '('"],
    ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ["a,", "found '', expected: identifier after ','"],
    ["=a", "found '=', expected: !, identifier, or 'end of string'"],
    ["a in (b", "unable to parse requirement: found '', expected: ',' or ')'"],
    ["a>x", "the value must be an integer"],
    ["a=b c", "found 'c', expected: ',' or 'end of string'"],
    ["-a", "name part must consist of"],
    ["a=x$", "a valid label must be an empty string or consist of"],
  ])("%s is refused", (selector, text) => {
    expect(() => parseLabelSelector(selector)).toThrow(text);
  });

  test("means what its parts mean, however they are written", () => {
    const key = fc.constantFrom("a", "b", "c");
    const value = fc.constantFrom("", "1", "2", "x");
    const blank = fc.constantFrom("", " ", "\t ");
    const labels = fc.dictionary(key, value);
    const requirement = fc.oneof(
      key.map((k) => ({ text: k, means: (l: Record<string, string>) => k in l })),
      key.map((k) => ({ text: `!${k}`, means: (l: Record<string, string>) => !(k in l) })),
      fc
        .tuple(key, value, fc.constantFrom("=", "=="))
        .map(([k, v, o]) => ({ text: `${k}${o}${v}`, means: (l: Record<string, string>) => l[k] === v })),
      fc.tuple(key, value).map(([k, v]) => ({ text: `${k}!=${v}`, means: (l: Record<string, string>) => l[k] !== v })),
      fc.tuple(key, fc.array(value, { minLength: 1, maxLength: 3 }), fc.boolean(), blank).map(([k, vs, not, b]) => ({
        text: `${k} ${not ? "notin" : "in"}${b}(${vs.join(`${b},`)}${b})`,
        means: (l: Record<string, string>) => (k in l && vs.some((one) => one === l[k])) !== not,
      })),
    );
    fc.assert(
      fc.property(fc.array(requirement, { minLength: 1, maxLength: 4 }), labels, blank, (requirements, one, b) => {
        const text = requirements.map((r) => r.text).join(`${b},${b}`);
        expect(matches(text, { ...one })).toBe(requirements.every((r) => r.means(one)));
      }),
    );
  });

  test("of any text is parsed or refused, never a crash", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab=!(),<> in") }), (text) => {
        try {
          parseLabelSelector(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 400, reason: "BadRequest" });
        }
      }),
    );
  });
});

describe("a field selector", () => {
  const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "n" }, type: "x,y=z" };
  const fieldMatches = (text: string) => matchesFields(parseFieldSelector(text, secretKind.definition), object);

  test.each([
    ["metadata.name=a", true],
    ["metadata.name==a,metadata.namespace!=m", true],
    ["metadata.name!=a", false],
    ["type=x\\,y\\=z", true],
    ["", true],
  ])("%s gives %s", (text, expected) => {
    expect(fieldMatches(text)).toBe(expected);
  });

  test("refuses other escapes and unknown fields", () => {
    expect(() => fieldMatches("type=\\x")).toThrow("invalid field selector: invalid escape sequence: \\x");
    expect(() => fieldMatches("toString=1")).toThrow("field label not supported: toString");
  });
});
