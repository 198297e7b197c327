import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, realpath } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { administer, readIdentity } from "./administration.js";
import type { PostgresBinaries } from "./binaries.js";
import { configurationPaths } from "./configuration.js";
import type { Instance } from "./instance.js";
import { isAlive, isPostmasterOf, type PostmasterPid, readPostmasterPid } from "./postmaster-pid.js";
import { identityOf, type RuntimeUser } from "./runtime-user.js";

/** A postmaster that runs, ours or one adopted. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly sockets: string;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

/** How often a process that is not our child is looked at. */
const WATCH_INTERVAL_MS = 250;
/** How long a fast shutdown may take before it is made an immediate one, which loses nothing but needs recovery at the next start. */
const FAST_SHUTDOWN_MS = 30_000;

/** SQLSTATE of a server that is starting up or shutting down. */
const CANNOT_CONNECT_NOW = "57P03";

export interface SpawnOptions {
  readonly port: number;
  readonly sockets: string;
  /** What a `postmaster.pid` holds whose server is gone. */
  readonly stalePid?: number | undefined;
}

/**
 * Starts the postmaster, in a process group of its own so that a Ctrl-C meant for us does not reach it, logging to its own file so
 * that it outlives us. Returns at once; it may end right away.
 */
export async function spawnServer(
  instance: Instance,
  binaries: PostgresBinaries,
  user: RuntimeUser,
  { port, sockets, stalePid }: SpawnOptions,
): Promise<ServerProcess> {
  const log = await open(instance.log, "a", 0o600);
  try {
    const child = spawn(
      binaries.postgres,
      ["-D", instance.data, "-c", `config_file=${configurationPaths(instance).settings}`, "-c", `port=${port}`],
      {
        ...identityOf(user),
        cwd: "/",
        // PG_GRANDPARENT_PID names a process whose number in postmaster.pid is no sign of a running server. pg_ctl uses it for the shell
        // that starts it; the check of shared memory, which is the real interlock, stays. Source: miscinit.c, CreateLockFile.
        env: { LC_ALL: "C", ...(stalePid === undefined ? {} : { PG_GRANDPARENT_PID: String(stalePid) }) },
        detached: true,
        stdio: ["ignore", log.fd, log.fd],
      },
    );
    const exit = once(child, "exit");
    await once(child, "spawn");
    child.unref();
    if (child.pid === undefined) throw new Error("a spawned process has no number");
    return { pid: child.pid, port, sockets, ended: exit.then(() => undefined) };
  } finally {
    await log.close();
  }
}

export type FoundServer =
  | { readonly type: "running"; readonly server: ServerProcess }
  | { readonly type: "none"; readonly stalePid?: number | undefined };

/** Looks for a server of this data directory that an earlier process of ours left, and watches it if there is one. */
export async function findServer(instance: Instance, user: RuntimeUser): Promise<FoundServer> {
  const found = await readPostmasterPid(instance.data);
  if (found === undefined) return { type: "none" };
  // Its number may be that of another process by now, or of a zombie.
  if (!(await isAlive(found.pid))) return { type: "none", stalePid: found.pid };
  const isOurs = (await isPostmasterOf(found.pid, instance.data, user)) ?? (await answersFor(instance, found));
  if (!isOurs) return { type: "none", stalePid: found.pid };
  const { pid, port, socketDirectory } = found;
  return { type: "running", server: { pid, port, sockets: socketDirectory, ended: watchUntilEnd(pid) } };
}

/** Where the system does not tell what a process is about, the server itself is asked. One that is busy starting or stopping says so. */
async function answersFor(instance: Instance, { socketDirectory, port }: PostmasterPid): Promise<boolean> {
  try {
    const { dataDirectory } = await administer({ sockets: socketDirectory, port }, readIdentity);
    return (await realpath(dataDirectory)) === (await realpath(instance.data));
  } catch (error) {
    return error instanceof pg.DatabaseError && error.code === CANNOT_CONNECT_NOW;
  }
}

async function watchUntilEnd(pid: number): Promise<void> {
  while (await isAlive(pid)) await pause(WATCH_INTERVAL_MS, undefined, { ref: false });
}

/** Fast shutdown: clients are disconnected, everything is checkpointed. Resolves when the process is gone. */
export async function stopServer({ pid, ended }: ServerProcess): Promise<void> {
  if (!signalIfAlive(pid, "SIGINT")) return ended;
  const timer = setTimeout(() => signalIfAlive(pid, "SIGQUIT"), FAST_SHUTDOWN_MS);
  try {
    await ended;
  } finally {
    clearTimeout(timer);
  }
}

export function signalIfAlive(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
