import { platform } from "node:os";
import { type RunCommandOptions, runCommand } from "./run-command.js";
import type { RuntimeUser } from "./runtime-user.js";

/**
 * GNU cp clones by itself where the file system can (XFS, btrfs); macOS' has to be told. A child process, because node's own recursive
 * copy takes two to four times as long.
 */
const COPY: readonly [string, ...string[]] = platform() === "darwin" ? ["cp", "-R", "-c"] : ["cp", "-R"];

/** Copies files and whole directories into a directory that exists, as the runtime user or, without one, as this process. Links stay links. */
export async function copyTree(
  user: RuntimeUser | undefined,
  sources: readonly string[],
  destination: string,
  options: Omit<RunCommandOptions, "into"> = {},
): Promise<void> {
  if (sources.length === 0) return;
  await runCommand(user, [...COPY, ...sources, `${destination}/`], { into: destination, ...options });
}
