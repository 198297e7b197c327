import { createHmac, randomBytes } from "node:crypto";
import { invalidArgument, isTenantryError, TenantryError } from "@tenantry/sdk";
import type { Client } from "pg";
import type { DesiredServer, EnsureOptions, RunningServer } from "../runtime.js";
import { administer, bootstrap, readIdentity, type ServerIdentity, setPassword } from "./administration.js";
import {
  checkCertificate,
  isSameConfiguration,
  readConfiguration,
  reloadConfiguration,
  writeConfiguration,
} from "./apply-configuration.js";
import { ArrivingDatabases, hasRoomForLater, type Late } from "./arriving-databases.js";
import { type Configuration, LOOPBACK, renderConfiguration, SUPERUSER } from "./configuration.js";
import { copyLater, missingDatabases } from "./copy-template.js";
import { type Instance, type InstanceFacts, readFacts, socketDirectory, writeFacts } from "./instance.js";
import { discardInstance, flush, makeInstance } from "./make-instance.js";
import { requireOwner, requireTraversal } from "./private-directory.js";
import type { RuntimeContext } from "./runtime-context.js";
import { trimLog } from "./server-log.js";
import { findServer, type ServerProcess, stopServer } from "./server-process.js";
import { startServer, waitUntilReady } from "./start-server.js";
import { blameFullDisk, fromSystemFailure } from "./system-failure.js";
import { POSTGRES_OID, TEMPLATE_DATABASE } from "./template.js";
import { fingerprintOf } from "./tls-probe.js";
import type { WarmPool } from "./warm-pool.js";

/** What is known of a running server. */
interface Running {
  readonly process: ServerProcess;
  /** What it runs with. Unknown at first of one that was adopted. */
  configuration: Configuration | undefined;
  /** Keyed digests, by role, of the passwords that were applied. */
  readonly passwords: Map<string, string>;
}

/** One server of the runtime. Its methods are called one at a time. */
export class Server {
  readonly instance: Instance;
  readonly #context: RuntimeContext;
  readonly #warm: WarmPool;
  readonly #onExit: () => void;
  #running: Running | undefined;
  #arriving: ArrivingDatabases | undefined;
  #flushing: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  /** For this process alone, so that a digest says nothing to anybody else. */
  readonly #digestKey = randomBytes(32);

  constructor(context: RuntimeContext, instance: Instance, warm: WarmPool, onExit: () => void) {
    this.#context = context;
    this.instance = instance;
    this.#warm = warm;
    this.#onExit = onExit;
  }

  async ensure(desired: DesiredServer, options: EnsureOptions): Promise<RunningServer> {
    const { instance } = this;
    const { user, template } = this.#context;
    requireCertificate(desired);
    const present = await readFacts(instance);
    // The database that is connected to cannot be renamed, so a name of the caller's own needs another one at once.
    const through = desired.bootstrap.database === TEMPLATE_DATABASE ? TEMPLATE_DATABASE : SUPERUSER;
    const facts = present ?? (await this.#make(through === SUPERUSER ? [POSTGRES_OID] : [], options));
    this.#requireVersion(facts);
    await requireTraversal(user, instance.home);
    await requireOwner(user, instance.data);
    const sockets = await socketDirectory(instance, user);
    const { administrator } = this.#context;
    const configuration = renderConfiguration(instance, sockets, desired, user, administrator);
    await trimLog(instance.log);
    try {
      await this.#arriving?.done();
      let later = await missingDatabases(template, instance);
      if (later.length > 0 && (present !== undefined || !(await hasRoomForLater(instance.home)))) {
        await copyLater(template, instance, user, { signal: options.signal });
        later = [];
      }
      const identity = await this.#run(facts, configuration, sockets, desired, { later, through }, options);
      const whole: InstanceFacts = { bootstrap: desired.bootstrap, ...facts };
      if (facts.bootstrap === undefined) await writeFacts(instance, whole);
      if (!facts.flushed) this.#flush(whole);
      return identity;
    } catch (cause) {
      const error =
        options.signal?.aborted === true
          ? cause
          : await blameFullDisk(fromSystemFailure(cause, instance.home), instance.home);
      // A server that nobody has used yet and for which there is no room shall not take room.
      const isNew = facts.bootstrap === undefined;
      if (isNew && isTenantryError(error) && error.code === "resource_exhausted") {
        await this.stop();
        await discardInstance(this.#context, instance.home);
      }
      throw error;
    }
  }

  /** Fast shutdown of whatever server of this data directory runs. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    const arriving = this.#arriving;
    this.#arriving = undefined;
    this.#flushing?.abort.abort();
    await Promise.all([arriving?.stop(), this.#flushing?.done]);
    if (running !== undefined) return stopServer(running.process);
    const found = await findServer(this.instance, this.#context.user);
    if (found.type === "running") await stopServer(found.server);
  }

  async #make(also: readonly string[], { onStep, signal }: EnsureOptions): Promise<InstanceFacts> {
    const { home } = this.instance;
    await discardInstance(this.#context, home);
    signal?.throwIfAborted();
    const claimed = await this.#warm.claim(home);
    if (claimed !== undefined) return claimed;
    onStep?.("copying");
    return makeInstance(this.#context, home, { ahead: false, also });
  }

  /** In the background. What a kill cuts short is done by the next process. */
  #flush(facts: InstanceFacts): void {
    if (this.#flushing !== undefined) return;
    const abort = new AbortController();
    const work = async (): Promise<void> => {
      await this.#arriving?.done();
      if (abort.signal.aborted) return;
      if (await flush(this.instance, this.#context, abort.signal)) {
        await writeFacts(this.instance, { ...facts, flushed: true });
      }
    };
    const done = work()
      .catch((error: unknown) => {
        this.#context.logger?.warn(
          { id: this.instance.id, err: error },
          "copied files could not be flushed to the disk",
        );
      })
      .finally(() => {
        this.#flushing = undefined;
      });
    this.#flushing = { done, abort };
  }

  #requireVersion({ major }: InstanceFacts): void {
    const { version } = this.#context.binaries;
    if (major === version.major) return;
    throw new TenantryError(
      "unimplemented",
      `${this.instance.data} holds data of PostgreSQL ${major}, and this runtime has ${version.full}; dump it there and restore it here`,
    );
  }

  async #run(
    facts: InstanceFacts,
    configuration: Configuration,
    sockets: string,
    desired: DesiredServer,
    late: Late,
    options: EnsureOptions,
  ): Promise<RunningServer> {
    const running = await this.#bringUp(configuration, sockets, desired, options);
    const { process, passwords } = running;
    const prepare = async (client: Client): Promise<ServerIdentity> => {
      if (facts.bootstrap === undefined) {
        options.onStep?.("bootstrapping");
        await bootstrap(client, desired.bootstrap);
      }
      for (const [role, password] of Object.entries(desired.passwords)) {
        const digest = createHmac("sha256", this.#digestKey).update(JSON.stringify(password)).digest("base64");
        if (passwords.get(role) === digest) continue;
        await setPassword(client, role, password);
        passwords.set(role, digest);
      }
      return readIdentity(client);
    };
    // A failure makes whoever watches the server ask for it again, and then what is missing is copied first.
    this.#arriving = new ArrivingDatabases(this.#context, this.instance, this.#onExit);
    const [identity] = await allOrFirstFailure([
      administer(process, prepare, late.later.length > 0 ? late.through : undefined),
      checkCertificate(process, configuration),
      this.#arriving.start(process, late),
    ]);
    const { systemIdentifier, timeline, startedAt } = identity;
    const { port, pid } = process;
    return { id: this.instance.id, host: LOOPBACK, port, pid, systemIdentifier, timeline, startedAt };
  }

  async #bringUp(
    configuration: Configuration,
    sockets: string,
    desired: DesiredServer,
    options: EnsureOptions,
  ): Promise<Running> {
    const running = this.#running ?? (await this.#adopt(options));
    if (running === undefined) return this.#start(configuration, sockets, desired.port, desired, options);
    if (isSameConfiguration(running.configuration, configuration)) return running;

    const before = await readConfiguration(this.instance);
    options.onStep?.("reloading");
    const parameters = Object.keys(desired.parameters);
    const waiting = await reloadConfiguration(this.#context, this.instance, running.process, configuration, parameters);
    if (waiting.length === 0) {
      running.configuration = configuration;
      return running;
    }
    options.onStep?.("restarting");
    const { port } = running.process;
    await this.stop();
    try {
      return await this.#start(configuration, sockets, port, desired, options);
    } catch (error) {
      // What only a start could find out: the server goes on with what it had.
      if (before !== undefined) await this.#start(before, sockets, port, desired, { onStep: options.onStep });
      throw error;
    }
  }

  /** A server that an earlier process left. One that is just stopping is waited for and then started anew. */
  async #adopt({ onStep, signal }: EnsureOptions): Promise<Running | undefined> {
    const found = await findServer(this.instance, this.#context.user);
    if (found.type === "none") return undefined;
    const deadline = Date.now() + this.#context.startTimeoutMs;
    const outcome = await waitUntilReady(this.instance, found.server, deadline, signal);
    if (outcome === "ended") return undefined;
    signal?.throwIfAborted();
    if (outcome === "late") {
      throw new TenantryError("unavailable", `PostgreSQL (process ${found.server.pid}) runs but takes no connections`);
    }
    onStep?.("adopted");
    return this.#watch(found.server, undefined);
  }

  async #start(
    configuration: Configuration,
    sockets: string,
    port: number | undefined,
    desired: DesiredServer,
    options: EnsureOptions,
  ): Promise<Running> {
    await writeConfiguration(this.#context, this.instance, configuration, await readConfiguration(this.instance));
    options.onStep?.("starting");
    const found = await findServer(this.instance, this.#context.user);
    const server = await startServer(this.#context, this.instance, {
      sockets,
      port,
      stalePid: found.type === "none" ? found.stalePid : undefined,
      signal: options.signal,
      parameters: Object.keys(desired.parameters),
    });
    return this.#watch(server, configuration);
  }

  #watch(server: ServerProcess, configuration: Configuration | undefined): Running {
    const running: Running = { process: server, configuration, passwords: new Map() };
    this.#running = running;
    void server.ended.then(() => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#context.logger?.warn({ id: this.instance.id, pid: server.pid }, "PostgreSQL ended unasked");
      this.#onExit();
    });
    return running;
  }
}

/** Before anything is made: PostgreSQL would say so only at its start. */
function requireCertificate({ tls }: DesiredServer): void {
  try {
    fingerprintOf(tls.certificate);
  } catch (cause) {
    throw invalidArgument("tls.certificate", "is not a PEM certificate", { cause });
  }
}

/** Like Promise.all, but nothing is still at work when it rejects. */
async function allOrFirstFailure<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
