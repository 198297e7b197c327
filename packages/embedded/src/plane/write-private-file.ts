import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Readable by its owner alone. */
export const PRIVATE_FILE_MODE = 0o600;

/**
 * Replaces `path` with `content`, whole or not at all, whenever the power goes: written beside it, synced, renamed over it.
 * The temporary file is private from its first byte.
 */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx", PRIVATE_FILE_MODE);
    try {
      await file.writeFile(content, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync(); // the rename itself
  } finally {
    await directory.close();
  }
}
