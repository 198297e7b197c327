/**
 * An ordered, versioned key-value store with watch, the part of etcd that an API server needs. One revision counter for the whole
 * store; each write raises it by one. A write is durable before its promise resolves.
 */
export interface Store {
  /** The newest committed revision. 1 when empty. */
  revision(): number;
  get(key: string): Promise<StoredValue | undefined>;
  /** Keys with `prefix` in byte order, as of `revision` (the newest when absent). Throws `expired` for a compacted one. */
  list(prefix: string, options?: ListOptions): Promise<StoredPage>;
  /**
   * Writes atomically when every condition holds; otherwise writes nothing and says which failed.
   * All operations of one call share one revision and name different keys.
   */
  commit(operations: readonly StoreOperation[]): Promise<CommitResult>;
  /**
   * Changes with `prefix` after `revision`, in commit order, first from history, then live. Throws `expired` when that history is
   * gone. Ends when `signal` aborts or the store closes; leaving the loop frees the watcher. A consumer that falls more than
   * {@link MAX_WATCH_BACKLOG} changes behind is thrown `expired` rather than holding the store's memory.
   */
  watch(prefix: string, revision: number, signal?: AbortSignal): AsyncIterable<StoreChange>;
  /** Forgets history up to `revision`. The present state stays. */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}

export const MAX_WATCH_BACKLOG = 10_000;

/** How much of the past a store keeps for watches and for lists at an older revision; whichever limit is met first counts. */
export interface HistoryOptions {
  readonly maxRevisions?: number | undefined;
  readonly maxAgeMs?: number | undefined;
}

export interface HistoryLimits {
  readonly maxRevisions: number;
  readonly maxAgeMs: number;
}

export const DEFAULT_HISTORY: HistoryLimits = { maxRevisions: 10_000, maxAgeMs: 5 * 60_000 };

export interface StoredValue {
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  /** The revision of its last write. */
  readonly revision: number;
}

export interface ListOptions {
  readonly revision?: number | undefined;
  readonly limit?: number | undefined;
  /** Only keys after this one. */
  readonly after?: string | undefined;
}

export interface StoredPage {
  readonly items: readonly StoredValue[];
  /** The revision that the page shows. */
  readonly revision: number;
  /** How many items follow. */
  readonly remaining: number;
}

export type StoreOperation =
  /** `ifRevision` 0: only if absent; a number: only if last written then; absent: always. */
  | {
      readonly type: "put";
      readonly key: string;
      readonly value: (revision: number) => string;
      readonly ifRevision?: number | undefined;
    }
  | { readonly type: "delete"; readonly key: string; readonly ifRevision?: number | undefined }
  /** Writes nothing: the others hold only if this key still stands at `ifRevision` (0: absent). */
  | { readonly type: "check"; readonly key: string; readonly ifRevision: number };

export type CommitResult =
  | { readonly committed: true; readonly revision: number }
  | { readonly committed: false; readonly key: string; readonly found: StoredValue | undefined };

export interface StoreChange {
  readonly type: "put" | "delete";
  readonly key: string;
  readonly revision: number;
  /** The new value; for a delete the last one. */
  readonly value: string;
  /** What stood there before, for a watcher whose selector may have matched it. */
  readonly previous: string | undefined;
}
