import { RevisionLog } from "./revision-log.js";
import type { HistoryOptions, Store } from "./store.js";

export interface MemoryStoreOptions {
  readonly history?: HistoryOptions | undefined;
  readonly now?: (() => number) | undefined;
}

/** Keeps everything in this process and forgets it with the process. */
export function createMemoryStore({ history, now }: MemoryStoreOptions = {}): Store {
  const log = new RevisionLog(history, now);
  let commits = 0;
  return {
    revision: () => log.revision,
    get: async (key) => log.get(key),
    list: async (prefix, options) => log.list(prefix, options),
    async commit(operations) {
      const { result, changes } = log.apply(operations);
      log.publish(changes);
      commits += 1;
      if (commits % COMPACT_EVERY === 0) log.compact(log.overdue());
      return result;
    },
    watch: (prefix, revision, signal) => log.watch(prefix, revision, signal),
    compact: async (revision) => log.compact(revision),
    close: async () => log.close(),
  };
}

/** Looking for overdue history costs a little, so it is done once in so many commits. */
export const COMPACT_EVERY = 100;
