import { TenantryError } from "@tenantry/sdk";
import { MAX_WATCH_BACKLOG, type StoreChange } from "./store.js";

interface Waiting {
  readonly resolve: (result: IteratorResult<StoreChange>) => void;
  readonly reject: (error: unknown) => void;
}

/** One watcher's queue: filled by commits, emptied by its consumer. A commit never waits for a consumer. */
export class ChangeQueue implements AsyncIterableIterator<StoreChange> {
  #changes: StoreChange[] = [];
  #head = 0;
  #end: { readonly error: unknown } | undefined;
  #waiting: Waiting | undefined;
  readonly #release: () => void;

  constructor(release: () => void) {
    this.#release = release;
  }

  push(change: StoreChange): void {
    if (this.#end !== undefined) return;
    if (this.#waiting !== undefined) {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: change });
      return;
    }
    if (this.#changes.length - this.#head >= MAX_WATCH_BACKLOG) {
      this.#changes = [];
      this.#head = 0;
      this.end(new TenantryError("expired", "the watch fell too far behind: list again and watch from there"));
      return;
    }
    this.#changes.push(change);
  }

  /** Ends the iteration after what is queued, by throwing `error` if there is one. */
  end(error?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#release();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    if (error === undefined) waiting.resolve({ done: true, value: undefined });
    else waiting.reject(error);
  }

  async next(): Promise<IteratorResult<StoreChange>> {
    const change = this.#changes[this.#head];
    if (change !== undefined) {
      this.#head += 1;
      if (this.#head === this.#changes.length || this.#head > 1_000) {
        this.#changes = this.#changes.slice(this.#head);
        this.#head = 0;
      }
      return { done: false, value: change };
    }
    if (this.#end !== undefined) {
      const { error } = this.#end;
      this.#end = { error: undefined };
      if (error !== undefined) throw error;
      return { done: true, value: undefined };
    }
    if (this.#waiting !== undefined) throw new TypeError("next() was called again before the last call had settled");
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async return(): Promise<IteratorResult<StoreChange>> {
    this.#changes = [];
    this.#head = 0;
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
