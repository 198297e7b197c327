import { randomUUID } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { RuntimeUser } from "./runtime-user.js";

export interface DurableFileOptions {
  readonly mode?: number;
  /** Who is to own it, when we may say so. */
  readonly owner?: RuntimeUser | undefined;
}

/**
 * Replaces a file so that a crash at any instant leaves the old content or the new, never a part: written beside it, flushed, renamed.
 * A link standing in its place is replaced, not followed.
 */
export async function writeDurably(
  path: string,
  content: string,
  { mode = 0o600, owner }: DurableFileOptions = {},
): Promise<void> {
  const beside = `${path}.${randomUUID()}.new`;
  try {
    const file = await open(beside, "wx", mode);
    try {
      await file.writeFile(content);
      if (owner?.dropPrivileges === true) await file.chown(owner.uid, owner.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Makes a rename inside `directory` outlive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle: FileHandle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The file's text, or undefined when there is none. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
