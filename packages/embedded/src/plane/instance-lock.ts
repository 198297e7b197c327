import { rm } from "node:fs/promises";
import { isTenantryError, TenantryError } from "@tenantry/sdk";
import { readIfPresent, writeDurably } from "../postgres/process/durable-file.js";
import { openSqliteStore } from "../store/sqlite.js";
import type { Store } from "../store/store.js";
import type { PlaneDirectory } from "./plane-directory.js";

/**
 * Opens the store, whose lock makes this process the only one at work in the directory; the lock ends with the process, however it
 * ends. Then notes who we are for the next one that comes.
 * @throws TenantryError `conflict` with reason `InUse`, naming the other process where it is known.
 */
export async function openLockedStore({ path, store, pid }: PlaneDirectory): Promise<Store> {
  let opened: Store;
  try {
    opened = await openSqliteStore({ path: store });
  } catch (error) {
    if (!isTenantryError(error) || error.reason !== "InUse") throw error;
    const holder = await readHolder(pid);
    throw new TenantryError(
      "conflict",
      `directory: "${path}" is in use by ${holder === undefined ? "another process" : `process ${holder}`}; ` +
        "stop that one, or choose another directory",
      { reason: "InUse", cause: error },
    );
  }
  try {
    await writeDurably(pid, `${process.pid}\n`);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return {
    ...opened,
    async close() {
      await rm(pid, { force: true }); // while the lock is still ours: afterwards it may be another's note
      await opened.close();
    },
  };
}

/** A note can be left over from a process that was killed. */
async function readHolder(path: string): Promise<number | undefined> {
  const pid = Number.parseInt((await readIfPresent(path).catch(() => undefined)) ?? "", 10);
  if (!(pid > 0)) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? pid : undefined; // alive, and another user's
  }
}
