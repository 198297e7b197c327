import { spawn } from "node:child_process";
import { once } from "node:events";
import { TenantryError } from "@tenantry/sdk";
import { identityOf, type RuntimeUser } from "./runtime-user.js";
import { noSpace, saysNoSpace } from "./system-failure.js";

/** Enough for any message of `cp` and `initdb`; the rest of a flood is dropped. */
const KEPT_OUTPUT_CHARACTERS = 4000;

/** Gives way to others, and still gets somewhere on a machine that is never idle. */
export const LOW_PRIORITY = ["nice", "-n", "10"] as const;

export interface RunCommandOptions {
  /** The directory that the command fills, for the error when its disk is full. */
  readonly into: string;
  readonly lowPriority?: boolean | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly stderr: string;
}

/**
 * Runs a program as the runtime user, or as this process without one, and waits for it. Not shell: arguments arrive as they are.
 * @throws TenantryError `resource_exhausted` when it ran out of disk, `internal` for any other failure.
 */
export async function runCommand(
  user: RuntimeUser | undefined,
  [program, ...parameters]: readonly [string, ...string[]],
  { into, lowPriority = false, signal }: RunCommandOptions,
): Promise<void> {
  const { exitCode, stderr } = await commandOutcome(
    user,
    lowPriority ? [...LOW_PRIORITY, program, ...parameters] : [program, ...parameters],
    signal,
  );
  if (exitCode === 0) return;
  signal?.throwIfAborted();
  if (saysNoSpace(stderr)) throw noSpace(into);
  throw new TenantryError("internal", `${program} failed (${exitCode ?? "killed"}): ${stderr.trim()}`);
}

/** Runs a program as the runtime user, or as this process without one, and tells how it ended. An abort ends it. */
export async function commandOutcome(
  user: RuntimeUser | undefined,
  [program, ...parameters]: readonly [string, ...string[]],
  signal?: AbortSignal,
): Promise<CommandOutcome> {
  const child = spawn(program, parameters, {
    ...(user === undefined ? {} : identityOf(user)),
    cwd: "/",
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-KEPT_OUTPUT_CHARACTERS);
  });
  const end = (): boolean => child.kill();
  signal?.addEventListener("abort", end);
  try {
    const [exitCode] = (await once(child, "close")) as [number | null];
    return { exitCode, stderr };
  } finally {
    signal?.removeEventListener("abort", end);
  }
}
