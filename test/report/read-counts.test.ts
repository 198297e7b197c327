import { expect, test } from "vitest";
import { formatCounts, readCounts, type VitestReport } from "./read-counts.js";

const PASSING: VitestReport = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
  success: true,
};

test("leaves out the skipped when nothing was skipped", () => {
  expect(formatCounts(readCounts(PASSING))).toBe("3 passed, 0 failed");
});

test("counts tests that were skipped or are yet to be written", () => {
  expect(formatCounts(readCounts({ ...PASSING, numPendingTests: 2, numTodoTests: 1 }))).toBe(
    "3 passed, 0 failed, 3 skipped",
  );
});

test("counts a file that does not load as a failure", () => {
  const report = { ...PASSING, success: false, testResults: [{ status: "failed", assertionResults: [] }] };
  expect(readCounts(report).failed).toBe(1);
});

test("counts a failed test once, not again for its file", () => {
  const testResults = [{ status: "failed", assertionResults: [{ status: "failed" }] }];
  expect(readCounts({ ...PASSING, success: false, numFailedTests: 1, testResults }).failed).toBe(1);
});

test("never says that nothing failed when the run did", () => {
  expect(readCounts({ ...PASSING, success: false }).failed).toBe(1);
});
