import { setTimeout as pause } from "node:timers/promises";
import { invalidArgument, TenantryError } from "@tenantry/sdk";
import type { PostgresBinaries } from "./binaries.js";
import { HBA_LINES_BEFORE } from "./configuration.js";
import { freePort } from "./free-port.js";
import type { Instance } from "./instance.js";
import { readPostmasterPid } from "./postmaster-pid.js";
import type { RuntimeUser } from "./runtime-user.js";
import { lastLines, logSize, readLog } from "./server-log.js";
import { type ServerProcess, type SpawnOptions, spawnServer, stopServer } from "./server-process.js";
import { noSpace, saysNoSpace } from "./system-failure.js";

export interface StartOptions {
  readonly sockets: string;
  readonly port?: number | undefined;
  readonly recycledPid?: number | undefined;
  readonly timeoutMs: number;
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
  instance: Instance,
  binaries: PostgresBinaries,
  user: RuntimeUser,
  options: StartOptions,
): Promise<ServerProcess> {
  const deadline = Date.now() + options.timeoutMs;
  let wanted = options.port;
  for (let attempt = 1; ; ) {
    options.signal?.throwIfAborted();
    const port = await freePort(wanted);
    const from = await logSize(instance.log);
    const { sockets, recycledPid } = options;
    const spawned: SpawnOptions = { port, sockets, recycledPid };
    const server = await spawnServer(instance, binaries, user, spawned);
    const outcome = await waitUntilReady(instance, server, deadline, options.signal);
    if (outcome === "ready") return server;
    const log = await readLog(instance.log, from);
    if (outcome !== "ended") {
      await stopServer(server);
      options.signal?.throwIfAborted();
      throw new TenantryError(
        "unavailable",
        `PostgreSQL did not start within ${options.timeoutMs} ms:\n${lastLines(log)}`,
      );
    }
    if (PORT_TAKEN.test(log) && attempt < PORT_ATTEMPTS) {
      wanted = undefined;
      attempt += 1;
    } else if (LINGERING.test(log) && Date.now() < deadline) {
      await pause(LINGERING_RETRY_MS);
    } else {
      throw refusal(instance, log, options.parameters);
    }
  }
}

async function waitUntilReady(
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

/** Why a server ended instead of starting, from its own words. */
export function refusal(instance: Instance, log: string, parameters: readonly string[]): TenantryError {
  if (saysNoSpace(log)) return noSpace(instance.data);
  const setting = refusedSetting(log, parameters);
  if (setting !== undefined) return invalidArgument(`postgresql.parameters.${setting.name}`, setting.message);
  const line = refusedHbaLine(log);
  if (line !== undefined) return invalidArgument(`postgresql.pg_hba[${line.index}]`, line.message);
  return new TenantryError("unavailable", `PostgreSQL ended while it started:\n${lastLines(log)}`);
}

/** The first complaint that names one of the caller's settings. Source: messages of guc.c, guc-file.l and PostmasterMain. */
export function refusedSetting(
  output: string,
  parameters: readonly string[],
): { readonly name: string; readonly message: string } | undefined {
  for (const line of output.split("\n")) {
    const message = /(?:LOG|FATAL|ERROR): {2}(.*)/.exec(line)?.[1];
    if (message === undefined) continue;
    const words = new Set(message.toLowerCase().match(/[a-z_][a-z0-9_.$]*/g));
    const name = parameters.find((parameter) => words.has(parameter.toLowerCase()));
    if (name !== undefined) return { name, message };
  }
  return undefined;
}

/** Source: hba.c, which names the line in the context of its complaint. */
function refusedHbaLine(log: string): { readonly index: number; readonly message: string } | undefined {
  const found = /LOG: {2}(.*)\n(?:.*\n)??.*CONTEXT: {2}line (\d+) of configuration file "[^"]*pg_hba\.conf"/.exec(log);
  if (found === null) return undefined;
  return { index: Number(found[2]) - HBA_LINES_BEFORE - 1, message: found[1] ?? "is refused" };
}
