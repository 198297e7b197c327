import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { pause } from "./pause.js";

it("waits at least as long as asked and leaves no listener on the signal", async () => {
  const caller = new AbortController();
  const start = performance.now();
  await pause(20, caller.signal);
  expect(performance.now() - start).toBeGreaterThan(18);
  expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
});

it("rejects with the signal's own reason, before and during the wait", async () => {
  const reason = new Error("the caller's own");
  await expect(pause(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  const caller = new AbortController();
  const waiting = pause(60_000, caller.signal);
  caller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});
