import { describe, expect, it } from "vitest";
import { createProgress } from "./progress.js";

function record(isTTY: boolean) {
  let written = "";
  let time = 0;
  const progress = createProgress({
    output: {
      isTTY,
      write: (text: string | Uint8Array) => {
        written += String(text);
        return true;
      },
    },
    now: () => time,
  });
  return { progress, written: () => written, pass: (ms: number) => (time += ms) };
}

describe("progress", () => {
  it("is one line a step in a log, written once the step has ended", () => {
    const { progress, written, pass } = record(false);
    progress.step("store");
    expect(written()).toBe("");
    pass(1240);
    progress.step("gateway");
    pass(60);
    progress.done();
    expect(written()).toBe("✓ store (1.2 s)\n✓ gateway (0.1 s)\n");
  });

  it("says on a terminal what is being done, and replaces it by what came of it", () => {
    const { progress, written, pass } = record(true);
    progress.step("store");
    expect(written()).toBe("· store …");
    pass(100);
    progress.failed();
    expect(written()).toBe("· store …\r\u001b[2K✗ store (0.1 s)\n");
  });

  it("writes nothing when there was no step", () => {
    const { progress, written } = record(true);
    progress.done();
    progress.failed();
    expect(written()).toBe("");
  });
});
