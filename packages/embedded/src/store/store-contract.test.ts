import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, test } from "vitest";
import { createMemoryStore } from "./memory.js";
import { openSqliteStore } from "./sqlite.js";
import type { Store } from "./store.js";
import { storeContract } from "./store-contract.js";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const history = { maxRevisions: 50_000 };
const stores: Readonly<Record<string, () => Promise<Store>>> = {
  memory: async () => createMemoryStore({ history }),
  sqlite: async () => {
    const directory = await mkdtemp(join(tmpdir(), "tenantry-store-"));
    cleanups.push(() => rm(directory, { recursive: true }));
    return openSqliteStore({ path: join(directory, "store.db"), history });
  },
};

describe.each(Object.keys(stores))("the %s store", (name) => {
  test.each(storeContract.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const store = await stores[name]?.();
    if (store === undefined) throw new Error("no such store");
    cleanups.push(() => store.close());
    await one.run(store);
  });
});
