import { chmod, chown, mkdir, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { TenantryError } from "@tenantry/sdk";
import { isAbsent } from "./durable-file.js";
import type { RuntimeUser } from "./runtime-user.js";

/** Hands a path to the runtime user, when that is another than we. */
export async function giveTo(user: RuntimeUser, path: string): Promise<void> {
  if (user.dropPrivileges) await chown(path, user.uid, user.gid);
}

/** A directory that only the runtime user (and root) can open. */
export async function makePrivateDirectory(user: RuntimeUser, path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await giveTo(user, path);
}

/**
 * Makes `directory` and lets the runtime user pass through it, not look around. Where a parent is closed to that user, says which.
 * @throws TenantryError `permission_denied`
 */
export async function openForTraversal(user: RuntimeUser, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: user.dropPrivileges ? 0o711 : 0o700 });
  if (!user.dropPrivileges) return;
  const found = await stat(directory);
  if (found.uid === process.getuid?.() && !mayTraverse(user, found))
    await chmod(directory, (found.mode & 0o7777) | 0o011);
  await requireTraversal(user, directory);
}

/** Checks each directory from the root down, as the runtime user's own look-up would. */
export async function requireTraversal(user: RuntimeUser, directory: string): Promise<void> {
  if (!user.dropPrivileges) return;
  for (const path of ancestors(await realpath(directory))) {
    if (!mayTraverse(user, await stat(path))) {
      throw new TenantryError(
        "permission_denied",
        `user ${user.name}, who runs PostgreSQL, cannot pass through ${path}; allow it ("chmod o+x ${path}") or choose another directory`,
      );
    }
  }
}

/**
 * Refuses a directory of somebody else before PostgreSQL does, with what to do about it. Changes nothing.
 * @throws TenantryError `permission_denied`
 */
export async function requireOwner(user: RuntimeUser, path: string): Promise<void> {
  try {
    const { uid } = await stat(path);
    if (uid === user.uid) return;
    throw new TenantryError(
      "permission_denied",
      `${path} belongs to user ${uid}, but PostgreSQL runs as ${user.name} (${user.uid}); run as its owner (runAs), or hand it over ("chown -R ${user.name} ${path}")`,
    );
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...ancestors(parent), path];
}

function mayTraverse(user: RuntimeUser, { uid, gid, mode }: { uid: number; gid: number; mode: number }): boolean {
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
