import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** A PostgreSQL server as the kernel and its own `postmaster.pid` know it. */
export interface Postmaster {
  readonly pid: number;
  readonly dataDirectory: string;
  readonly port: number;
}

export interface ProcessScan {
  readonly postmasters: readonly Postmaster[];
  /** Processes at work in the directory that belong to no server: left over. */
  readonly strays: readonly { readonly pid: number; readonly command: string }[];
  /** All of them, children of the servers too. */
  readonly pids: readonly number[];
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cwd: string;
  readonly command: string;
}

/**
 * Finds every process whose working directory or command line lies in `directory`. A server changes into its data directory and its
 * children stay there, so none of them can hide.
 */
export async function scanProcesses(directory: string, ignored: ReadonlySet<number>): Promise<ProcessScan> {
  const found: Process[] = [];
  for (const entry of await readdir("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || ignored.has(pid)) continue;
    const candidate = await readProcess(pid);
    if (candidate === undefined) continue;
    if (isInside(candidate.cwd, directory) || candidate.command.includes(`${directory}/`)) found.push(candidate);
  }
  const postmasters: Postmaster[] = [];
  for (const { pid, cwd } of found) {
    const lock = await readLockFile(cwd);
    if (lock?.pid === pid) postmasters.push({ pid, dataDirectory: cwd, port: lock.port });
  }
  const servers = new Set(postmasters.map(({ pid }) => pid));
  return {
    postmasters,
    strays: found
      .filter(({ pid, parent }) => !servers.has(pid) && !servers.has(parent))
      .map(({ pid, command, cwd }) => ({ pid, command: `${command} (in ${cwd})` })),
    pids: found.map(({ pid }) => pid),
  };
}

function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** Undefined when it ended meanwhile, is a zombie, or is the kernel's own. */
async function readProcess(pid: number): Promise<Process | undefined> {
  const base = `/proc/${pid}`;
  try {
    const [cwd, command, stat] = await Promise.all([
      readlink(join(base, "cwd")),
      readFile(join(base, "cmdline"), "utf8"),
      readFile(join(base, "stat"), "utf8"),
    ]);
    // Source: proc_pid_stat(5). The name stands in parentheses and may hold any character; after it: state, parent.
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") return undefined;
    return { pid, parent: Number(parent), cwd, command: command.replaceAll("\0", " ").trim() };
  } catch {
    return undefined;
  }
}

/** Source: PostgreSQL miscadmin.h: line 1 of postmaster.pid is the pid, line 4 the port. */
async function readLockFile(dataDirectory: string): Promise<{ pid: number; port: number } | undefined> {
  try {
    const lines = (await readFile(join(dataDirectory, "postmaster.pid"), "utf8")).split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]) };
  } catch {
    return undefined;
  }
}
