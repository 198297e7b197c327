import assert from "node:assert/strict";
import { isTenantryError } from "@tenantry/sdk";
import { MAX_WATCH_BACKLOG, type Store, type StoreChange, type StoreOperation } from "./store.js";

/** One promise that every store keeps. Plain data, so that any test runner can run it. `run` gets a new, empty store. */
export interface StoreContractCase {
  readonly name: string;
  run(store: Store): Promise<void>;
}

function put(key: string, value: string, ifRevision?: number): StoreOperation {
  return { type: "put", key, value: () => value, ifRevision };
}

function remove(key: string, ifRevision?: number): StoreOperation {
  return { type: "delete", key, ifRevision };
}

async function take(changes: AsyncIterable<StoreChange>, count: number): Promise<StoreChange[]> {
  const taken: StoreChange[] = [];
  for await (const change of changes) {
    taken.push(change);
    if (taken.length === count) break;
  }
  return taken;
}

const isExpired = (error: unknown) => isTenantryError(error) && error.code === "expired";

export const storeContract: readonly StoreContractCase[] = [
  {
    name: "starts empty at revision 1",
    async run(store) {
      assert.equal(store.revision(), 1);
      assert.deepEqual(await store.list(""), { items: [], revision: 1, remaining: 0 });
    },
  },
  {
    name: "gives a write the next revision and tells it to the value",
    async run(store) {
      const result = await store.commit([{ type: "put", key: "a", value: (revision) => `at ${revision}` }]);
      assert.deepEqual(result, { committed: true, revision: 2 });
      assert.deepEqual(await store.get("a"), { key: "a", value: "at 2", revision: 2 });
      assert.equal(store.revision(), 2);
    },
  },
  {
    name: "writes only if absent with ifRevision 0",
    async run(store) {
      await store.commit([put("a", "1", 0)]);
      const again = await store.commit([put("a", "2", 0)]);
      assert.deepEqual(again, { committed: false, key: "a", found: { key: "a", value: "1", revision: 2 } });
      assert.equal(store.revision(), 2);
    },
  },
  {
    name: "refuses a stale write and names what it found",
    async run(store) {
      await store.commit([put("a", "1")]);
      await store.commit([put("a", "2", 2)]);
      const stale = await store.commit([put("a", "3", 2)]);
      assert.deepEqual(stale, { committed: false, key: "a", found: { key: "a", value: "2", revision: 3 } });
      assert.deepEqual(await store.commit([remove("gone", 7)]), { committed: false, key: "gone", found: undefined });
    },
  },
  {
    name: "writes all operations of a commit at one revision, or none",
    async run(store) {
      await store.commit([put("a", "1"), put("b", "1")]);
      assert.equal((await store.get("b"))?.revision, 2);
      await store.commit([put("a", "2"), put("b", "2", 99)]);
      assert.equal((await store.get("a"))?.value, "1");
    },
  },
  {
    name: "lets a check hold back the other operations",
    async run(store) {
      await store.commit([put("namespace", "1")]);
      const held = await store.commit([{ type: "check", key: "namespace", ifRevision: 1 }, put("a", "1")]);
      assert.equal(held.committed, false);
      assert.equal(await store.get("a"), undefined);
      const let_ = await store.commit([{ type: "check", key: "namespace", ifRevision: 2 }, put("a", "1")]);
      assert.equal(let_.committed, true);
      assert.equal((await store.get("namespace"))?.revision, 2);
    },
  },
  {
    name: "leaves the revision alone when a delete finds nothing",
    async run(store) {
      assert.deepEqual(await store.commit([remove("a")]), { committed: true, revision: 1 });
    },
  },
  {
    name: "lists a prefix in byte order, by pages",
    async run(store) {
      for (const key of ["p/b", "p/a/x", "p/a", "q/a", "p/\uffee", "p/\u{1f600}", "p-"])
        await store.commit([put(key, key)]);
      const all = await store.list("p/");
      assert.deepEqual(
        all.items.map((item) => item.key),
        ["p/a", "p/a/x", "p/b", "p/\uffee", "p/\u{1f600}"],
      );
      const first = await store.list("p/", { limit: 2 });
      assert.deepEqual([first.items.length, first.remaining], [2, 3]);
      const rest = await store.list("p/", { after: first.items[1]?.key });
      assert.deepEqual([...first.items, ...rest.items], all.items);
    },
  },
  {
    name: "lists the past as it was",
    async run(store) {
      await store.commit([put("p/a", "1")]);
      await store.commit([put("p/b", "1")]);
      const { items, revision } = await store.list("p/");
      await store.commit([put("p/a", "2"), remove("p/b"), put("p/c", "1")]);
      await store.commit([put("p/b", "3")]);
      assert.deepEqual((await store.list("p/", { revision })).items, items);
      assert.equal((await store.list("p/")).items.length, 3);
    },
  },
  {
    name: "watches from a revision: history first, then what follows, each with the value before",
    async run(store) {
      await store.commit([put("p/a", "1")]);
      const { revision } = await store.list("p/");
      await store.commit([put("p/a", "2")]);
      const watch = take(store.watch("p/", revision), 3);
      await store.commit([put("q/a", "other")]);
      await store.commit([put("p/b", "1")]);
      await store.commit([remove("p/a")]);
      const seen = (await watch).map(({ type, key, revision: at, value, previous }) => [
        type,
        key,
        at,
        value,
        previous,
      ]);
      assert.deepEqual(seen, [
        ["put", "p/a", 3, "2", "1"],
        ["put", "p/b", 5, "1", undefined],
        ["delete", "p/a", 6, "2", "2"],
      ]);
    },
  },
  {
    name: "throws expired for a compacted revision and keeps the present",
    async run(store) {
      await store.commit([put("a", "1")]);
      await store.commit([put("a", "2")]);
      await store.compact(3);
      await assert.rejects(store.list("", { revision: 2 }), isExpired);
      await assert.rejects(take(store.watch("", 2), 1), isExpired);
      assert.equal((await store.get("a"))?.value, "2");
      const next = take(store.watch("", 3), 1);
      await store.commit([put("b", "1")]);
      assert.equal((await next)[0]?.key, "b");
    },
  },
  {
    name: "ends a watch when its signal aborts or the store closes",
    async run(store) {
      const controller = new AbortController();
      const aborted = take(store.watch("", 1, controller.signal), 1);
      const closed = take(store.watch("", 1), 1);
      controller.abort();
      assert.deepEqual(await aborted, []);
      await store.close();
      assert.deepEqual(await closed, []);
    },
  },
  {
    name: "drops a consumer that falls too far behind, and no other",
    async run(store) {
      const slow = store.watch("", 1)[Symbol.asyncIterator]();
      const writes: Promise<unknown>[] = [];
      for (let index = 0; index < MAX_WATCH_BACKLOG + 1; index++) writes.push(store.commit([put("a", String(index))]));
      await Promise.all(writes);
      await assert.rejects(slow.next(), isExpired);
      assert.equal((await slow.next()).done, true);
    },
  },
];
