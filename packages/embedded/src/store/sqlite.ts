import { dirname } from "node:path";
import { TenantryError } from "@tenantry/sdk";
import { COMPACT_EVERY } from "./memory.js";
import { type LoggedChange, RevisionLog } from "./revision-log.js";
import { SqliteJournal } from "./sqlite-journal.js";
import type { CommitResult, HistoryOptions, Store, StoreOperation } from "./store.js";

export interface SqliteStoreOptions {
  /** The database file. Its directory must exist. */
  readonly path: string;
  readonly history?: HistoryOptions | undefined;
  readonly now?: (() => number) | undefined;
  /** The file may not grow beyond this; writes then fail with `resource_exhausted`. Unlimited when absent. */
  readonly maxSizeBytes?: number | undefined;
}

interface QueuedCommit {
  readonly operations: readonly StoreOperation[];
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Keeps everything in one SQLite file and answers reads from memory. A commit is on disk before its promise resolves, so a process
 * killed at any instant loses nothing that it acknowledged. Commits queued in the same turn share one sync to disk.
 *
 * @throws TenantryError `conflict` with reason `InUse` while another process holds the file; the hold ends with that process,
 * however it ends.
 */
export async function openSqliteStore({ path, history, now, maxSizeBytes }: SqliteStoreOptions): Promise<Store> {
  const journal = SqliteJournal.open(path, maxSizeBytes);
  const log = new RevisionLog(history, now, journal.load());
  let queue: QueuedCommit[] = [];
  let commits = 0;
  let closed = false;

  function flush(): void {
    const batch = queue;
    queue = [];
    if (batch.length === 0) return;
    const applied: LoggedChange[] = [];
    const settled: (() => void)[] = [];
    for (const { operations, resolve, reject } of batch) {
      try {
        const { result, changes } = log.apply(operations);
        applied.push(...changes);
        settled.push(() => resolve(result));
      } catch (error) {
        settled.push(() => reject(error));
      }
    }
    try {
      if (applied.length > 0) journal.write(applied, log.revision);
    } catch (error) {
      log.undo(applied);
      for (const { reject } of batch) reject(error);
      return;
    }
    log.publish(applied);
    for (const settle of settled) settle();
    commits += batch.length;
    if (commits >= COMPACT_EVERY) {
      commits = 0;
      compact(log.overdue());
    }
  }

  function compact(revision: number): void {
    if (revision <= log.compacted) return;
    log.compact(revision);
    journal.compact(log.compacted);
  }

  return {
    revision: () => log.revision,
    get: async (key) => log.get(key),
    list: async (prefix, options) => log.list(prefix, options),
    commit(operations) {
      if (closed) return Promise.reject(new TenantryError("unavailable", `the store in ${dirname(path)} is closed`));
      return new Promise((resolve, reject) => {
        queue.push({ operations, resolve, reject });
        if (queue.length === 1) setImmediate(flush);
      });
    },
    watch: (prefix, revision, signal) => log.watch(prefix, revision, signal),
    compact: async (revision) => compact(revision),
    async close() {
      if (closed) return;
      closed = true;
      flush();
      log.close();
      journal.close();
    },
  };
}
