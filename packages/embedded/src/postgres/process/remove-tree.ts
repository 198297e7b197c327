import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const RETRY_MS = 50;
/** Longer than the copy of a template takes on a slow disk. */
const PATIENCE_MS = 30_000;

/**
 * Removes a directory with all that is in it, and with what is still arriving: a `cp` outlives the process that started it when that
 * one is killed, and goes on filling the directory for a while.
 */
export async function removeTree(path: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      const isFilling = error instanceof Error && "code" in error && error.code === "ENOTEMPTY";
      if (!isFilling || Date.now() > deadline) throw error;
      await pause(RETRY_MS);
    }
  }
}
