import { readFile, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { readIfPresent } from "./durable-file.js";
import type { RuntimeUser } from "./runtime-user.js";

/** `postmaster.pid`, as a running server keeps it. Source: PostgreSQL src/include/utils/pidfile.h. */
export interface PostmasterPid {
  readonly pid: number;
  readonly port: number;
  readonly socketDirectory: string;
  /** `starting`, `stopping`, `ready`, `standby`. Absent in the first instant. */
  readonly status: string | undefined;
}

export async function readPostmasterPid(dataDirectory: string): Promise<PostmasterPid | undefined> {
  const text = await readIfPresent(join(dataDirectory, "postmaster.pid"));
  return text === undefined ? undefined : parsePostmasterPid(text);
}

/** Undefined for a file of another shape, as a crash or somebody else may leave one. */
export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number(lines[3] ?? 0), socketDirectory: lines[4] ?? "", status: lines[7] || undefined };
}

/** Whether a process of this number exists and has not ended (one whose parent does not collect it lingers as a zombie). */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // "pid (name) S ...": the name may hold anything, brackets too.
  return state === undefined || !/^[ZX]/.test(state.slice(state.lastIndexOf(")") + 2));
}

/**
 * Whether the process is the server of this data directory and not a later one with its number: a postmaster's working directory is its
 * data directory. Undefined where the system cannot tell (no /proc).
 */
export async function isPostmasterOf(
  pid: number,
  dataDirectory: string,
  user: RuntimeUser,
): Promise<boolean | undefined> {
  try {
    const [directory, { uid }] = await Promise.all([readlink(`/proc/${pid}/cwd`), stat(`/proc/${pid}`)]);
    return uid === user.uid && directory === (await realpath(dataDirectory));
  } catch (error) {
    const denied = error instanceof Error && "code" in error && error.code === "EACCES";
    // Our own user's processes can be looked into; one that cannot is somebody else's.
    return denied ? false : undefined;
  }
}
