import { expect, test } from "vitest";
import { compileRule } from "./cel.js";

const run = (rule: string, self: unknown) => compileRule(rule).evaluate({ self });

test.each([
  ['self.matches("(?i:PASSWORD)")', "my password", true],
  ['!self.exists(one, one.matches("(?:--|/[*])"))', ["a", "b--c"], false],
  ['self == "x.matches("', "x.matches(", true],
])("%s on %j is %s: patterns are RE2's", (rule, self, expected) => {
  expect(run(rule, self)).toBe(expected);
});

test("no pattern can stall the server", () => {
  const started = performance.now();
  expect(run('self.matches("(a+)+$")', `${"a".repeat(50_000)}b`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(5_000);
});

test("tells what is no CEL from what it cannot evaluate", () => {
  expect(compileRule("self ==").problem?.type).toBe("syntax");
  expect(compileRule("quantity(self).isLessThan(quantity('1Gi'))").problem?.type).toBe("unsupported");
  expect(compileRule("self.a > 1").problem).toBeUndefined();
});
