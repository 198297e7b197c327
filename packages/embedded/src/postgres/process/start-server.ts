import { setTimeout as pause } from "node:timers/promises";
import { TenantryError } from "@tenantry/sdk";
import { freePort } from "./free-port.js";
import type { Instance } from "./instance.js";
import { readPostmasterPid } from "./postmaster-pid.js";
import { readRefusal } from "./refusal.js";
import type { RuntimeContext } from "./runtime-context.js";
import { lastLines, logSize, readLog } from "./server-log.js";
import { type ServerProcess, type SpawnOptions, spawnServer, stopServer } from "./server-process.js";

export interface StartOptions {
  readonly sockets: string;
  readonly port?: number | undefined;
  readonly stalePid?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Names that the caller set, to find the guilty one in PostgreSQL's complaint. */
  readonly parameters: readonly string[];
}

/** A reading of a file of eight lines: cheap enough to be the finest step of a start. */
const POLL_MS = 2;
const PORT_ATTEMPTS = 10;
/** Between attempts while backends of a killed postmaster are still ending. */
const LINGERING_RETRY_MS = 100;

const PORT_TAKEN = /could not bind IPv[46] address|could not create any TCP\/IP sockets/;
const LINGERING = /pre-existing shared memory block .* is still in use/;

/**
 * Starts a server and resolves once it takes connections.
 * @throws TenantryError `invalid_argument` when PostgreSQL refuses its configuration, `resource_exhausted` when its disk is full,
 * `unavailable` when it does not come up.
 */
export async function startServer(
  { binaries, user, startTimeoutMs }: RuntimeContext,
  instance: Instance,
  options: StartOptions,
): Promise<ServerProcess> {
  const deadline = Date.now() + startTimeoutMs;
  let wanted = options.port;
  for (let attempt = 1; ; ) {
    options.signal?.throwIfAborted();
    const port = await freePort(wanted);
    const from = await logSize(instance.log);
    const { sockets, stalePid } = options;
    const spawned: SpawnOptions = { port, sockets, stalePid };
    const server = await spawnServer(instance, binaries, user, spawned);
    const outcome = await waitUntilReady(instance, server, deadline, options.signal);
    if (outcome === "ready") return server;
    const log = await readLog(instance.log, from);
    if (outcome !== "ended") {
      await stopServer(server);
      options.signal?.throwIfAborted();
      throw new TenantryError(
        "unavailable",
        `PostgreSQL did not start within ${startTimeoutMs} ms:\n${lastLines(log)}`,
      );
    }
    if (PORT_TAKEN.test(log) && attempt < PORT_ATTEMPTS) {
      wanted = undefined;
      attempt += 1;
    } else if (LINGERING.test(log) && Date.now() < deadline) {
      await pause(LINGERING_RETRY_MS);
    } else {
      throw readRefusal(instance, log, options.parameters);
    }
  }
}

/** Until the server's own file says that it takes connections, it ends, or time is up. */
export async function waitUntilReady(
  instance: Instance,
  server: ServerProcess,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<"ready" | "ended" | "late"> {
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  for (;;) {
    const found = await readPostmasterPid(instance.data);
    if (found?.pid === server.pid && found.status === "ready") return "ready";
    if (ended) return "ended";
    if (signal?.aborted === true || Date.now() > deadline) return "late";
    await pause(POLL_MS);
  }
}
