import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMemoryStore } from "./memory.js";
import { openSqliteStore } from "./sqlite.js";
import type { Store, StoreChange, StoreOperation } from "./store.js";

type Step =
  | { readonly type: "commit"; readonly operations: readonly StoreOperation[] }
  | { readonly type: "list"; readonly prefix: string; readonly ago: number; readonly limit: number | undefined }
  | { readonly type: "watch"; readonly prefix: string; readonly ago: number }
  | { readonly type: "compact"; readonly ago: number }
  | { readonly type: "reopen" };

const key = fc.constantFrom("/a/x", "/a/y", "/a/z/1", "/b/x", "/b/é");
// Mostly without a condition, so that most commits write.
const ifRevision = fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(12) });
const operation = fc.oneof(
  fc
    .record({ type: fc.constant("put" as const), key, text: fc.string(), ifRevision })
    .map(({ text, ...rest }): StoreOperation => ({ ...rest, value: (revision) => `${text}@${revision}` })),
  fc.record({ type: fc.constant("delete" as const), key, ifRevision }),
  fc.record({ type: fc.constant("check" as const), key, ifRevision: fc.nat(12) }),
);
const prefix = fc.constantFrom("", "/a/", "/b/");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("commit" as const),
      operations: fc.uniqueArray(operation, { maxLength: 3, selector: (one) => one.key }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("list" as const),
      prefix,
      ago: fc.nat(5),
      limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("watch" as const), prefix, ago: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("compact" as const), ago: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant({ type: "reopen" as const }) },
);

/** What a store answers, or the code with which it refuses. */
async function answer(store: Store, one: Exclude<Step, { type: "reopen" }>): Promise<unknown> {
  const revision = Math.max(1, store.revision() - ("ago" in one ? one.ago : 0));
  try {
    if (one.type === "commit") return await store.commit(one.operations);
    if (one.type === "list") return await store.list(one.prefix, { revision, limit: one.limit });
    if (one.type === "compact") return await store.compact(revision);
    const changes: StoreChange[] = [];
    const stop = new AbortController();
    const watch = store.watch(one.prefix, revision, stop.signal);
    stop.abort();
    for await (const { type, key: at, value, previous, revision: when } of watch)
      changes.push({ type, key: at, value, previous, revision: when });
    return changes;
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

test("memory and SQLite give the same answers to any sequence of calls, restarts included", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-model-"));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      run += 1;
      const path = join(directory, `${run}.db`);
      const memory = createMemoryStore();
      let sqlite = await openSqliteStore({ path });
      try {
        for (const one of steps) {
          if (one.type === "reopen") {
            await sqlite.close();
            sqlite = await openSqliteStore({ path });
          } else expect(await answer(sqlite, one)).toEqual(await answer(memory, one));
          expect(sqlite.revision()).toBe(memory.revision());
        }
        await sqlite.close();
        sqlite = await openSqliteStore({ path });
        expect(await sqlite.list("")).toEqual(await memory.list(""));
      } finally {
        await sqlite.close();
      }
    }),
    { numRuns: 25 },
  );
  await rm(directory, { recursive: true });
});
