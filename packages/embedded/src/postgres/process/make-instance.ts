import { randomUUID } from "node:crypto";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { copyFirst, copyLater } from "./copy-template.js";
import { isAbsent, syncDirectory } from "./durable-file.js";
import { type Instance, type InstanceFacts, instanceIn, writeFacts } from "./instance.js";
import { removeTree } from "./remove-tree.js";
import { commandOutcome, LOW_PRIORITY } from "./run-command.js";
import type { RuntimeContext } from "./runtime-context.js";
import { renewSystemIdentifier } from "./system-identifier.js";

export interface MakeOptions {
  /** For a copy that nobody waits for: gives way to others, is whole and flushed to the disk. */
  readonly ahead: boolean;
  /** Databases that are needed at once, beside the application's. */
  readonly also?: readonly string[] | undefined;
}

/**
 * Copies the template into a home of its own and moves it to `destination`, so that what stands there is never half made. Without `ahead`
 * the databases that a start does not need are left to {@link copyLater}.
 */
export async function makeInstance(
  { directories, template, binaries, user }: RuntimeContext,
  destination: string,
  { ahead, also }: MakeOptions,
): Promise<InstanceFacts> {
  const made = instanceIn("", join(directories.making, randomUUID()));
  try {
    await mkdir(made.home, { mode: 0o711 });
    await mkdir(made.configuration, { mode: 0o711 });
    await copyFirst(template, made, user, { lowPriority: ahead, also });
    if (ahead) await copyLater(template, made, user, { lowPriority: true });
    const systemIdentifier = await renewSystemIdentifier(made.data);
    const flushed = ahead && (await flush(made, { binaries, user }));
    const { build, version } = binaries;
    const facts: InstanceFacts = { systemIdentifier, build, major: version.major, flushed };
    await writeFacts(made, facts);
    await rename(made.home, destination);
    return facts;
  } catch (error) {
    await removeTree(made.home);
    throw error;
  }
}

/**
 * Flushes every file of a data directory to the disk, as initdb does, so that it outlives a power cut. Nobody waits for it: what a session
 * commits is flushed by the server itself.
 * @returns whether it was done.
 */
export async function flush(
  { data }: Instance,
  { binaries, user }: Pick<RuntimeContext, "binaries" | "user">,
  signal?: AbortSignal,
): Promise<boolean> {
  const command = [...LOW_PRIORITY, binaries.initdb, "--sync-only", "-D", data] as const;
  return (await commandOutcome(user, command, signal)).exitCode === 0;
}

/** Removes a home at once for everybody who looks, then its files. A kill in between is finished by the next process. */
export async function discardInstance({ directories }: RuntimeContext, home: string): Promise<void> {
  const discarded = join(directories.trash, randomUUID());
  try {
    await rename(home, discarded);
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  await syncDirectory(directories.instances);
  await removeTree(discarded);
}
