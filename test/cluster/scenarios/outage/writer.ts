import { type Clusters, isTenantryError, pause } from "@tenantry/sdk";
import { specOfStep } from "./steps.js";

const REPEAT_MS = 50;

/** A call that did not succeed. */
export interface Failure {
  readonly code: string;
  readonly reason: string | undefined;
  readonly afterMs: number;
}

/** Changes one cluster over and over, one step at a time, and repeats each change until it is acknowledged, as a careful caller does. */
export class Writer {
  readonly failures: Failure[] = [];
  /** Successful calls. */
  acknowledged = 0;
  readonly #clusters: Clusters;
  readonly #deadlineMs: number;
  readonly #name: string;
  #step = 0;
  #busy = false;
  #running: Promise<void> | undefined;
  #stopped = false;

  /** @param deadlineMs - what the caller gives each call. */
  constructor(clusters: Clusters, name: string, deadlineMs: number) {
    this.#clusters = clusters;
    this.#name = name;
    this.#deadlineMs = deadlineMs;
  }

  /** Whether a call is on its way. */
  get busy(): boolean {
    return this.#busy;
  }

  start(signal: AbortSignal): void {
    this.#stopped = false;
    this.#running = this.#run(signal);
    this.#running.catch(() => undefined);
  }

  /** Resolves once the last change is acknowledged. @throws what made it give up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Resolves when `count` more changes were acknowledged. */
  async advanced(count: number, signal: AbortSignal): Promise<void> {
    const goal = this.acknowledged + count;
    while (this.acknowledged < goal) await Promise.race([pause(REPEAT_MS, signal), this.#running]);
  }

  /** Deletes the cluster; the next change makes a new one. */
  async removeCluster(signal: AbortSignal): Promise<void> {
    await this.#untilAcknowledged(async () => {
      try {
        await this.#clusters.delete(this.#name, { signal });
      } catch (error) {
        // Of a call whose answer was lost, a repetition may find nothing left to do.
        if (!isTenantryError(error) || error.code !== "not_found") throw error;
      }
    }, signal);
    this.#step = 0;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!this.#stopped) {
      this.#step++;
      const spec = specOfStep(this.#step);
      await this.#untilAcknowledged(() => this.#clusters.apply(this.#name, spec, { signal }), signal);
    }
  }

  async #untilAcknowledged(call: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      this.#busy = true;
      try {
        await call();
        this.acknowledged++;
        return;
      } catch (error) {
        this.#take(error, performance.now() - startedAt);
      } finally {
        this.#busy = false;
      }
      await pause(REPEAT_MS, signal);
    }
  }

  #take(error: unknown, afterMs: number): void {
    if (!isTenantryError(error)) throw error;
    const { code, reason, retryable } = error;
    if (!retryable) throw new Error(`cluster ${this.#name}: a caller cannot repeat ${error.message}`, { cause: error });
    if (afterMs > this.#deadlineMs) {
      throw new Error(`cluster ${this.#name}: an error after ${afterMs.toFixed(0)} ms, beyond the deadline`, {
        cause: error,
      });
    }
    this.failures.push({ code, reason, afterMs });
  }
}
