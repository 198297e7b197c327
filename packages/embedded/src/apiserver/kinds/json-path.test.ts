import { expect, test } from "vitest";
import { compileJsonPath } from "./json-path.js";

const object = {
  metadata: { labels: { "example.com/a": "b" } },
  status: {
    phase: "ok",
    list: [{ n: 1 }, { n: 2 }],
    conditions: [
      { type: "Ready", status: "True" },
      { type: "Other", status: "False" },
    ],
  },
};

test.each([
  [".status.phase", ["ok"]],
  ["{.status.phase}", ["ok"]],
  ["$.status['phase']", ["ok"]],
  ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
  [".status.conditions[?(@.type != 'Ready')].status", ["False"]],
  [".status.list[1].n", [2]],
  [".status.list[*].n", [1, 2]],
  [".status.list[-1].n", [2]],
  [".metadata.labels.example\\.com/a", ["b"]],
  [".status.nothing.here", []],
  [".constructor", []],
])("%s finds %j", (path, expected) => {
  expect(compileJsonPath(path)?.(object)).toEqual(expected);
});

test.each([".a[", "a b", ".a[?(@.b)]", ".a..b"])("%s is no path", (path) => {
  expect(compileJsonPath(path)).toBeUndefined();
});
