import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "./sqlite.js";

let directory: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tenantry-crash-"));
});
afterEach(async () => {
  child?.kill("SIGKILL");
  await rm(directory, { recursive: true });
});

/** Writes without end, several at a time, and says each key after it was acknowledged. */
const WRITER = `
  import { writeSync } from "node:fs";
  import { openSqliteStore } from ${JSON.stringify(new URL("./sqlite.ts", import.meta.url).href)};
  const store = await openSqliteStore({ path: process.argv[1] });
  const prefix = process.argv[2];
  for (let index = 0; ; index += 3) {
    await Promise.all([0, 1, 2].map(async (offset) => {
      const key = prefix + (index + offset);
      const result = await store.commit([{ type: "put", key, value: (revision) => key + "@" + revision, ifRevision: 0 }]);
      writeSync(1, key + " " + result.revision + "\\n");
    }));
  }`;

test("a process killed while it writes loses nothing that it acknowledged, and leaves no lock", async () => {
  const path = join(directory, "store.db");
  const acknowledged = new Map<string, number>();
  for (const round of [1, 2, 3]) {
    const args = [
      "--conditions=@tenantry/source",
      "--import",
      "tsx",
      "--input-type=module",
      "-e",
      WRITER,
      path,
      `/round-${round}/`,
    ];
    const writer = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    child = writer;
    const exit = once(writer, "exit");
    let lines = 0;
    for await (const line of createInterface({ input: writer.stdout })) {
      const [key = "", revision] = line.split(" ");
      // A line cut short by the kill acknowledged nothing.
      if (revision !== undefined && /^\d+$/.test(revision)) acknowledged.set(key, Number(revision));
      lines += 1;
      if (lines === 50 * round + 7) writer.kill("SIGKILL");
    }
    await exit;

    const store = await openSqliteStore({ path });
    const stored = new Map((await store.list("/round-")).items.map((one) => [one.key, one]));
    for (const [key, revision] of acknowledged)
      expect(stored.get(key), key).toEqual({ key, value: `${key}@${revision}`, revision });
    // Whole commits in order: no revision is missing below the newest.
    expect([...stored.values()].map((one) => one.revision).sort((a, b) => a - b)).toEqual(
      Array.from({ length: stored.size }, (_, index) => index + 2),
    );
    expect(store.revision()).toBe(stored.size + 1);
    await store.close();
  }
  expect(acknowledged.size).toBeGreaterThan(250);
}, 60_000);
