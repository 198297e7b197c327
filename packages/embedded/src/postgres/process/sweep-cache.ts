import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "./remove-tree.js";

/** A thing in the making has this ending, so that no look-up takes it for a finished one. */
export const BUILDING = ".building";
/** Nothing in the cache takes a minute to make. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** Removes what processes that were killed left half made. */
export async function sweepCache(cacheDirectory: string): Promise<void> {
  for (const name of await readdir(cacheDirectory)) {
    if (!name.endsWith(BUILDING)) continue;
    const path = join(cacheDirectory, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await removeTree(path);
  }
}
