import { TenantryError } from "@tenantry/sdk";
import { compareBytes, lowerBound } from "./byte-order.js";
import { ChangeQueue } from "./change-queue.js";
import {
  type CommitResult,
  DEFAULT_HISTORY,
  type HistoryLimits,
  type HistoryOptions,
  type ListOptions,
  type StoreChange,
  type StoredPage,
  type StoredValue,
  type StoreOperation,
} from "./store.js";

/** A change with what undoing it takes. */
export interface LoggedChange extends StoreChange {
  readonly previousRevision: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface RevisionLogContents {
  readonly values: readonly StoredValue[];
  readonly changes: readonly LoggedChange[];
  readonly revision: number;
  readonly compacted: number;
}

/**
 * The state of a store in memory: present values, recent history and watchers. Every store is one of these; a durable one writes
 * the changes of {@link RevisionLog.apply} to disk before it calls {@link RevisionLog.publish}, or takes them back with `undo`.
 */
export class RevisionLog {
  readonly #values = new Map<string, StoredValue>();
  readonly #keys: string[] = [];
  readonly #watchers = new Map<ChangeQueue, string>();
  readonly #history: HistoryLimits;
  readonly #now: () => number;
  #changes: LoggedChange[];
  #revision: number;
  #compacted: number;

  constructor(history: HistoryOptions = {}, now: () => number = Date.now, contents?: RevisionLogContents) {
    this.#history = {
      maxRevisions: history.maxRevisions ?? DEFAULT_HISTORY.maxRevisions,
      maxAgeMs: history.maxAgeMs ?? DEFAULT_HISTORY.maxAgeMs,
    };
    this.#now = now;
    for (const value of contents?.values ?? []) this.#values.set(value.key, value);
    this.#keys = [...this.#values.keys()].sort(compareBytes);
    this.#changes = [...(contents?.changes ?? [])];
    this.#revision = contents?.revision ?? 1;
    this.#compacted = contents?.compacted ?? this.#revision;
  }

  get revision(): number {
    return this.#revision;
  }

  /** History up to this revision is gone. */
  get compacted(): number {
    return this.#compacted;
  }

  /** Watchers that are open now. */
  get watchers(): number {
    return this.#watchers.size;
  }

  get(key: string): StoredValue | undefined {
    return this.#values.get(key);
  }

  list(prefix: string, { revision = this.#revision, limit, after }: ListOptions = {}): StoredPage {
    if (revision > this.#revision) throw new RangeError(`revision ${revision} is in the future`);
    if (revision < this.#compacted) throw expired(revision, this.#compacted);
    const start = after === undefined || after < prefix ? prefix : after;
    const items: StoredValue[] = [];
    const past = revision === this.#revision ? undefined : this.#asOf(revision, prefix);
    const keys = past === undefined ? this.#keys : [...past.keys()].sort(compareBytes);
    let remaining = 0;
    for (let index = lowerBound(keys, start); index < keys.length; index++) {
      const key = keys[index] ?? "";
      if (!key.startsWith(prefix)) break;
      if (key === after) continue;
      const value = (past ?? this.#values).get(key);
      if (value === undefined) continue;
      if (limit !== undefined && limit > 0 && items.length === limit) remaining += 1;
      else items.push(value);
    }
    return { items, revision, remaining };
  }

  /** Changes the state and reports how; nothing when a condition fails. Watchers hear of it by `publish`. */
  apply(operations: readonly StoreOperation[]): {
    readonly result: CommitResult;
    readonly changes: readonly LoggedChange[];
  } {
    for (const { key, ifRevision } of operations) {
      const found = this.#values.get(key);
      if (ifRevision !== undefined && ifRevision !== (found?.revision ?? 0)) {
        return { result: { committed: false, key, found }, changes: [] };
      }
    }
    const revision = this.#revision + 1;
    const at = this.#now();
    const changes: LoggedChange[] = [];
    // The values are computed before anything changes, so that one that throws leaves the state whole.
    for (const operation of operations) {
      if (operation.type === "check") continue;
      const { key, type } = operation;
      const found = this.#values.get(key);
      const previousRevision = found?.revision ?? 0;
      if (operation.type === "put") {
        changes.push({
          type,
          key,
          revision,
          value: operation.value(revision),
          previous: found?.value,
          previousRevision,
          at,
        });
      } else if (found !== undefined) {
        changes.push({ type, key, revision, value: found.value, previous: found.value, previousRevision, at });
      }
    }
    if (changes.length === 0) return { result: { committed: true, revision: this.#revision }, changes };
    for (const change of changes) {
      this.#set(change.key, change.type === "put" ? { key: change.key, value: change.value, revision } : undefined);
    }
    this.#revision = revision;
    this.#changes.push(...changes);
    return { result: { committed: true, revision }, changes };
  }

  /** Takes back the newest changes, given in the order in which they were applied. */
  undo(changes: readonly LoggedChange[]): void {
    for (const change of changes.toReversed()) {
      const { key, previous, previousRevision } = change;
      this.#set(key, previous === undefined ? undefined : { key, value: previous, revision: previousRevision });
      this.#changes.pop();
      this.#revision = change.revision - 1;
    }
  }

  publish(changes: readonly LoggedChange[]): void {
    for (const change of changes) {
      for (const [watcher, prefix] of this.#watchers) {
        if (change.key.startsWith(prefix)) watcher.push(change);
      }
    }
  }

  watch(prefix: string, revision: number, signal?: AbortSignal): AsyncIterableIterator<StoreChange> {
    const stop = () => queue.end();
    const queue = new ChangeQueue(() => {
      this.#watchers.delete(queue);
      signal?.removeEventListener("abort", stop);
    });
    if (revision < this.#compacted) {
      queue.end(expired(revision, this.#compacted));
      return queue;
    }
    for (let index = this.#firstChangeAfter(revision); index < this.#changes.length; index++) {
      const change = this.#changes[index];
      if (change?.key.startsWith(prefix)) queue.push(change);
    }
    if (signal?.aborted === true) {
      queue.end();
      return queue;
    }
    signal?.addEventListener("abort", stop, { once: true });
    this.#watchers.set(queue, prefix);
    return queue;
  }

  /** What may be forgotten now under the history options; the present compacted revision when nothing. */
  overdue(): number {
    const oldest = this.#now() - this.#history.maxAgeMs;
    let revision = Math.max(this.#compacted, this.#revision - this.#history.maxRevisions);
    for (const change of this.#changes) {
      if (change.at >= oldest) break;
      revision = Math.max(revision, change.revision);
    }
    return revision;
  }

  compact(revision: number): void {
    this.#compacted = Math.max(this.#compacted, Math.min(revision, this.#revision));
    this.#changes = this.#changes.slice(this.#firstChangeAfter(this.#compacted));
  }

  close(): void {
    for (const watcher of [...this.#watchers.keys()]) watcher.end();
  }

  #set(key: string, value: StoredValue | undefined): void {
    const known = this.#values.has(key);
    if (value !== undefined) {
      this.#values.set(key, value);
      if (!known) this.#keys.splice(lowerBound(this.#keys, key), 0, key);
    } else if (known) {
      this.#values.delete(key);
      this.#keys.splice(lowerBound(this.#keys, key), 1);
    }
  }

  #firstChangeAfter(revision: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The values under `prefix` as they stood at `revision`: the present ones with every later change taken back. */
  #asOf(revision: number, prefix: string): Map<string, StoredValue> {
    const past = new Map<string, StoredValue>();
    for (let index = lowerBound(this.#keys, prefix); index < this.#keys.length; index++) {
      const key = this.#keys[index] ?? "";
      if (!key.startsWith(prefix)) break;
      const value = this.#values.get(key);
      if (value !== undefined) past.set(key, value);
    }
    for (let index = this.#changes.length - 1; index >= this.#firstChangeAfter(revision); index--) {
      const change = this.#changes[index];
      if (change === undefined || !change.key.startsWith(prefix)) continue;
      if (change.previous === undefined) past.delete(change.key);
      else past.set(change.key, { key: change.key, value: change.previous, revision: change.previousRevision });
    }
    return past;
  }
}

function expired(revision: number, compacted: number): TenantryError {
  return new TenantryError("expired", `revision ${revision} is compacted: history starts after ${compacted}`);
}
