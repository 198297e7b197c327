import { setTimeout as pause } from "node:timers/promises";

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 5_000;

/** Does named pieces of work one after another, each name at most once at a time, and again after a failure. */
export class WorkQueue {
  readonly #pending = new Map<string, () => Promise<void>>();
  readonly #failures = new Map<string, number>();
  readonly #closing = new AbortController();
  readonly #retries = new Set<Promise<void>>();
  #running: Promise<void> | undefined;

  /** Adding a name again while it waits changes nothing but the work; while it runs, it runs once more afterwards. */
  add(name: string, work: () => Promise<void>): void {
    if (this.#closing.signal.aborted) return;
    this.#pending.set(name, work);
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#pending.clear();
    await Promise.all([this.#running, ...this.#retries]);
  }

  async #run(): Promise<void> {
    // The turn that adds work goes first: what it commits belongs to it.
    await Promise.resolve();
    for (;;) {
      const [next] = this.#pending;
      if (next === undefined) break;
      const [name, work] = next;
      this.#pending.delete(name);
      try {
        await work();
        this.#failures.delete(name);
      } catch {
        // Whatever went wrong (a conflict, a full disk), the next look at the objects decides anew.
        this.#retryLater(name, work);
      }
    }
    this.#running = undefined;
  }

  #retryLater(name: string, work: () => Promise<void>): void {
    const failures = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, failures);
    const delay = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
    const retry = pause(delay, undefined, { signal: this.#closing.signal, ref: false }).then(
      () => {
        if (!this.#pending.has(name)) this.add(name, work);
      },
      () => undefined,
    );
    this.#retries.add(retry);
    void retry.finally(() => this.#retries.delete(retry));
  }
}
