import { setTimeout as sleep } from "node:timers/promises";

const INTERVAL_MS = 100;

/** Asks `check` until it finds no problem, and throws the last one when time is up. */
export async function settle(timeoutMs: number, check: () => Promise<string | undefined>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const problem = await check();
    if (problem === undefined) return;
    if (Date.now() > deadline) throw new Error(`${problem}, ${timeoutMs / 1000} s later`);
    await sleep(INTERVAL_MS);
  }
}
