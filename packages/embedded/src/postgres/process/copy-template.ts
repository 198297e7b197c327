import { randomUUID } from "node:crypto";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { copyTree } from "./copy-tree.js";
import type { Instance } from "./instance.js";
import { makePrivateDirectory } from "./private-directory.js";
import { removeTree } from "./remove-tree.js";
import type { RuntimeUser } from "./runtime-user.js";
import type { Template } from "./template.js";

export interface CopyOptions {
  readonly lowPriority?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies what a server needs to start, and the databases `also`. Creating files is what costs, so two copies run side by side.
 */
export async function copyFirst(
  template: Template,
  instance: Instance,
  user: RuntimeUser,
  { also = [], ...options }: CopyOptions & { readonly also?: readonly string[] | undefined } = {},
): Promise<void> {
  const base = join(instance.data, "base");
  await makePrivateDirectory(user, instance.data);
  await makePrivateDirectory(user, base);
  await Promise.all([
    copyTree(
      user,
      template.entries.map((entry) => join(template.data, entry)),
      instance.data,
      options,
    ),
    copyTree(
      user,
      [...template.first, ...also].map((oid) => join(template.data, "base", oid)),
      base,
      options,
    ),
  ]);
}

/**
 * Copies the databases that nobody is connected to yet, also while the server runs: each arrives whole, by a rename. The template was
 * stopped cleanly, so no WAL speaks of them.
 */
export async function copyLater(
  template: Template,
  instance: Instance,
  user: RuntimeUser,
  options: CopyOptions = {},
): Promise<void> {
  const missing = await missingDatabases(template, instance);
  if (missing.length === 0) return;
  await removeTree(instance.pending);
  // Under a name of its own: a copy that outlived its process must not write into this one's files.
  const arriving = join(instance.pending, randomUUID());
  await makePrivateDirectory(user, instance.pending);
  await makePrivateDirectory(user, arriving);
  const sources = missing.map((oid) => join(template.data, "base", oid));
  await copyTree(user, sources, arriving, options);
  for (const oid of missing) await rename(join(arriving, oid), join(instance.data, "base", oid));
  await removeTree(instance.pending);
}

/** The databases that are still to be copied. */
export async function missingDatabases(template: Template, instance: Instance): Promise<readonly string[]> {
  const present = new Set(await readdir(join(instance.data, "base")));
  return template.later.filter((oid) => !present.has(oid));
}
