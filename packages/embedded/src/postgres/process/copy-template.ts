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
}

/** Copies what a server needs to start. Creating files is what costs, so two copies run side by side. */
export async function copyFirst(
  template: Template,
  instance: Instance,
  user: RuntimeUser,
  options: CopyOptions = {},
): Promise<void> {
  const base = join(instance.data, "base");
  await makePrivateDirectory(user, instance.data);
  await makePrivateDirectory(user, base);
  const priority = { lowPriority: options.lowPriority };
  await Promise.all([
    copyTree(
      user,
      template.entries.map((entry) => join(template.data, entry)),
      instance.data,
      priority,
    ),
    copyTree(
      user,
      template.first.map((oid) => join(template.data, "base", oid)),
      base,
      priority,
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
  const present = new Set(await readdir(join(instance.data, "base")));
  const missing = template.later.filter((oid) => !present.has(oid));
  if (missing.length === 0) return;
  await removeTree(instance.pending);
  // Under a name of its own: a copy that outlived its process must not write into this one's files.
  const arriving = join(instance.pending, randomUUID());
  await makePrivateDirectory(user, instance.pending);
  await makePrivateDirectory(user, arriving);
  const sources = missing.map((oid) => join(template.data, "base", oid));
  await copyTree(user, sources, arriving, { lowPriority: options.lowPriority });
  for (const oid of missing) await rename(join(arriving, oid), join(instance.data, "base", oid));
  await removeTree(instance.pending);
}
