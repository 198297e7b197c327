import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isTenantryError } from "@tenantry/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "./sqlite.js";
import type { StoreOperation } from "./store.js";

const run = promisify(execFile);
let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tenantry-sqlite-"));
  path = join(directory, "store.db");
});
afterEach(() => rm(directory, { recursive: true }));

function put(key: string, value: string): StoreOperation {
  return { type: "put", key, value: () => value };
}

test("values, revision and history survive closing and opening", async () => {
  const first = await openSqliteStore({ path });
  await first.commit([put("a", "1")]);
  await first.commit([put("a", "2"), put("b", "1")]);
  await first.close();

  const second = await openSqliteStore({ path });
  expect(second.revision()).toBe(3);
  expect(await second.get("a")).toEqual({ key: "a", value: "2", revision: 3 });
  expect((await second.list("", { revision: 2 })).items).toEqual([{ key: "a", value: "1", revision: 2 }]);
  const watch = second.watch("", 2)[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ key: "a", value: "2", previous: "1" });
  await second.close();
});

test("forgets history by count and keeps that over a restart", async () => {
  const first = await openSqliteStore({ path, history: { maxRevisions: 10 } });
  for (let index = 0; index < 200; index++) await first.commit([put("a", String(index))]);
  await first.close();
  const second = await openSqliteStore({ path });
  await expect(second.list("", { revision: 100 })).rejects.toMatchObject({ code: "expired" });
  expect((await second.list("", { revision: second.revision() - 5 })).items).toHaveLength(1);
  await second.close();
});

test("forgets history by age", async () => {
  let now = 0;
  const store = await openSqliteStore({ path, history: { maxAgeMs: 1_000 }, now: () => now });
  await store.commit([put("a", "1")]);
  now = 5_000;
  for (let index = 0; index < 100; index++) await store.commit([put("a", String(index))]);
  await expect(store.list("", { revision: 1 })).rejects.toMatchObject({ code: "expired" });
  expect((await store.list("", { revision: 10 })).items).toHaveLength(1);
  await store.close();
});

test("a second process on the same file is refused at once, and told what to do", async () => {
  const store = await openSqliteStore({ path });
  const script = `
    import { openSqliteStore } from ${JSON.stringify(new URL("./sqlite.ts", import.meta.url).href)};
    try { await openSqliteStore({ path: process.argv[1] }); console.log("opened"); }
    catch (error) { console.log(JSON.stringify({ code: error.code, reason: error.reason, message: error.message })); }`;
  const child = () =>
    run(process.execPath, [
      "--conditions=@tenantry/source",
      "--import",
      "tsx",
      "--input-type=module",
      "-e",
      script,
      path,
    ]);
  const refused = JSON.parse((await child()).stdout);
  expect(refused).toMatchObject({ code: "conflict", reason: "InUse" });
  expect(refused.message).toContain(path);
  expect(refused.message).toContain("stop that process");
  await store.close();
  expect((await child()).stdout).toBe("opened\n");
});

test("a full disk is resource_exhausted, names the directory and leaves the state as it was", async () => {
  const store = await openSqliteStore({ path, maxSizeBytes: 256 * 1024 });
  let failure: unknown;
  let written = 0;
  try {
    for (; written < 1_000; written++) await store.commit([put(`key-${written}`, "x".repeat(4_000))]);
  } catch (error) {
    failure = error;
  }
  expect(isTenantryError(failure) && failure.code).toBe("resource_exhausted");
  expect(String(failure)).toContain(directory);
  expect((await store.list("")).items).toHaveLength(written);
  expect(store.revision()).toBe(written + 1);
  await store.close();
  const reopened = await openSqliteStore({ path });
  expect((await reopened.list("")).items).toHaveLength(written);
  await reopened.close();
});

test("a directory that is missing or a file that is no store says so", async () => {
  await expect(openSqliteStore({ path: join(directory, "missing", "store.db") })).rejects.toMatchObject({
    code: "permission_denied",
  });
});

test("only the owner may read the file", async () => {
  const store = await openSqliteStore({ path });
  expect((await stat(path)).mode & 0o077).toBe(0);
  await store.close();
});
