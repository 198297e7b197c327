import { setTimeout as pause } from "node:timers/promises";
import { invalidArgument, TenantryError } from "@tenantry/sdk";
import { administer, loadTime, pendingRestart, refusedHbaRule } from "./administration.js";
import { type Configuration, configurationPaths, HBA_LINES_BEFORE } from "./configuration.js";
import { readIfPresent, writeDurably } from "./durable-file.js";
import type { Instance } from "./instance.js";
import { refusedSetting } from "./refusal.js";
import { commandOutcome } from "./run-command.js";
import type { RuntimeContext } from "./runtime-context.js";
import { type ServerProcess, signalIfAlive } from "./server-process.js";
import { fingerprintOf, presentedCertificate } from "./tls-probe.js";

const FILES = ["settings", "hba", "ident", "certificate", "clientCa"] as const satisfies (keyof Configuration)[];
/** A postmaster answers SIGHUP within milliseconds unless the machine is stuck. */
const RELOAD_TIMEOUT_MS = 15_000;
const POLL_MS = 5;

/** What stands in the files now. Undefined when any is missing, as before the first start. */
export async function readConfiguration(instance: Instance): Promise<Configuration | undefined> {
  const paths = configurationPaths(instance);
  const [settings, hba, ident, certificate, clientCa] = await Promise.all(
    FILES.map((name) => readIfPresent(paths[name])),
  );
  if (
    settings === undefined ||
    hba === undefined ||
    ident === undefined ||
    certificate === undefined ||
    clientCa === undefined
  ) {
    return undefined;
  }
  return { settings, hba, ident, certificate, clientCa };
}

/** Writes the files that differ from `present`. */
export async function writeConfiguration(
  { user }: RuntimeContext,
  instance: Instance,
  next: Configuration,
  present: Configuration | undefined,
): Promise<void> {
  const paths = configurationPaths(instance);
  const changed = FILES.filter((name) => present?.[name] !== next[name]);
  await Promise.all(changed.map((name) => writeDurably(paths[name], next[name], { owner: user })));
}

export function isSameConfiguration(a: Configuration | undefined, b: Configuration): boolean {
  return a !== undefined && FILES.every((name) => a[name] === b[name]);
}

/**
 * Has a running server take `next`. What it refuses leaves the files and the server as they were.
 * @returns the settings that wait for a restart.
 * @throws TenantryError `invalid_argument` naming what PostgreSQL refuses.
 */
export async function reloadConfiguration(
  context: RuntimeContext,
  instance: Instance,
  server: ServerProcess,
  next: Configuration,
  parameters: readonly string[],
): Promise<readonly string[]> {
  const present = await readConfiguration(instance);
  if (present?.settings !== next.settings) await checkSettings(context, instance, next, parameters);
  await writeConfiguration(context, instance, next, present);
  try {
    if (present?.hba !== next.hba) await checkHba(server);
    await signalReload(server);
    await checkCertificate(server, next);
    return await administer(server, pendingRestart);
  } catch (error) {
    if (present !== undefined) {
      await writeConfiguration(context, instance, present, next);
      signalIfAlive(server.pid, "SIGHUP");
    }
    throw error;
  }
}

/** Asks the program itself, which reads the whole file and says what is wrong with it, without touching the server. */
async function checkSettings(
  { binaries, user }: RuntimeContext,
  instance: Instance,
  next: Configuration,
  parameters: readonly string[],
): Promise<void> {
  const candidate = `${configurationPaths(instance).settings}.candidate`;
  await writeDurably(candidate, next.settings, { owner: user });
  const { exitCode, stderr } = await commandOutcome(user, [
    binaries.postgres,
    ...["-D", instance.data, "-c", `config_file=${candidate}`, "-C", "server_version"],
  ]);
  if (exitCode === 0) return;
  const refused = refusedSetting(stderr, parameters);
  if (refused !== undefined) throw invalidArgument(`postgresql.parameters.${refused.name}`, refused.message);
  throw new TenantryError("internal", `PostgreSQL cannot read its configuration: ${stderr.trim()}`);
}

async function checkHba(server: ServerProcess): Promise<void> {
  const refused = await administer(server, refusedHbaRule);
  if (refused === undefined) return;
  throw invalidArgument(`postgresql.pg_hba[${refused.line - HBA_LINES_BEFORE - 1}]`, refused.error);
}

/** SIGHUP, and until a new session shows that the postmaster has read its files again. */
async function signalReload(server: ServerProcess): Promise<void> {
  const before = await administer(server, loadTime);
  signalIfAlive(server.pid, "SIGHUP");
  const deadline = Date.now() + RELOAD_TIMEOUT_MS;
  while ((await administer(server, loadTime)) === before) {
    if (Date.now() > deadline) {
      throw new TenantryError("unavailable", `PostgreSQL did not reload within ${RELOAD_TIMEOUT_MS} ms`);
    }
    await pause(POLL_MS);
  }
}

/**
 * Waits for nothing: whoever calls knows that the server takes connections.
 * @throws TenantryError `invalid_argument` when it shows another certificate, because it refused the one it was given.
 */
export async function checkCertificate({ port }: ServerProcess, { certificate }: Configuration): Promise<void> {
  const presented = await presentedCertificate(port, RELOAD_TIMEOUT_MS);
  if (presented === undefined) throw new TenantryError("unavailable", "PostgreSQL does not answer over TLS");
  if (presented !== fingerprintOf(certificate)) {
    throw invalidArgument("tls", "PostgreSQL refuses the certificate and key: they may not belong together");
  }
}
