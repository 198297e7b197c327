import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { DesiredServer, EnsureOptions, PostgresRuntime, RunningServer } from "../runtime.js";
import { administer, bootstrap, readIdentity, setPassword } from "./administration.js";
import type { PostgresBinaries } from "./binaries.js";
import { type Configuration, configurationPaths, LOOPBACK, renderConfiguration } from "./configuration.js";
import { copyFirst, copyLater } from "./copy-template.js";
import type { RuntimeLogger } from "./create-process-runtime.js";
import { isAbsent, writeDurably } from "./durable-file.js";
import {
  type Instance,
  type InstanceFacts,
  idOfDirectory,
  instanceAt,
  instanceIn,
  readFacts,
  socketDirectory,
  writeFacts,
} from "./instance.js";
import { requireOwner, requireTraversal } from "./private-directory.js";
import type { RuntimeUser } from "./runtime-user.js";
import { findServer, type ServerProcess, stopServer } from "./server-process.js";
import { startServer } from "./start-server.js";
import { fromSystemFailure } from "./system-failure.js";
import { renewSystemIdentifier } from "./system-identifier.js";
import type { Template } from "./template.js";

export interface ProcessRuntimeParts {
  readonly directory: string;
  readonly binaries: PostgresBinaries;
  readonly template: Template;
  readonly user: RuntimeUser;
  readonly startTimeoutMs: number;
  readonly logger?: RuntimeLogger | undefined;
}

interface Managed {
  readonly server: ServerProcess;
  /** What it runs with. */
  configuration: Configuration | undefined;
  /** Keyed digests, by role, of the passwords that were applied. */
  readonly passwords: Map<string, string>;
}

export class ProcessRuntime implements PostgresRuntime {
  readonly version: PostgresRuntime["version"];
  readonly #parts: ProcessRuntimeParts;
  readonly #instances: string;
  readonly #making: string;
  readonly #trash: string;
  readonly #managed = new Map<string, Managed>();
  readonly #listeners = new Set<(id: string) => void>();
  readonly #turns = new Map<string, Promise<unknown>>();
  /** For this process alone, so that a digest says nothing to anybody else. */
  readonly #digestKey = randomBytes(32);
  readonly #administrator = userInfo().username;

  constructor(parts: ProcessRuntimeParts) {
    this.#parts = parts;
    this.version = parts.binaries.version;
    this.#instances = join(parts.directory, "instances");
    this.#making = join(parts.directory, "making");
    this.#trash = join(parts.directory, "trash");
  }

  /** Finishes what a killed process left: removals, and copies that never became a server. */
  async recover(): Promise<void> {
    for (const path of [this.#instances, this.#making, this.#trash])
      await mkdir(path, { recursive: true, mode: 0o711 });
    for (const path of [this.#making, this.#trash]) {
      for (const entry of await readdir(path)) await rm(join(path, entry), { recursive: true, force: true });
    }
  }

  async ensure(id: string, desired: DesiredServer, options: EnsureOptions = {}): Promise<RunningServer> {
    const instance = instanceAt(this.#instances, id);
    return this.#inTurn(id, async () => {
      try {
        return await this.#ensure(instance, desired, options);
      } catch (error) {
        throw fromSystemFailure(error, instance.home);
      }
    });
  }

  async stop(id: string): Promise<void> {
    const instance = instanceAt(this.#instances, id);
    await this.#inTurn(id, () => this.#stop(instance));
  }

  async remove(id: string): Promise<void> {
    const instance = instanceAt(this.#instances, id);
    await this.#inTurn(id, async () => {
      await this.#stop(instance);
      await this.#discard(instance.home);
    });
  }

  async list(): Promise<readonly string[]> {
    return (await readdir(this.#instances)).map(idOfDirectory).sort();
  }

  onExit(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async warm(_count: number): Promise<void> {}

  async close(): Promise<void> {
    await Promise.all((await this.list()).map((id) => this.stop(id)));
  }

  async #ensure(instance: Instance, desired: DesiredServer, options: EnsureOptions): Promise<RunningServer> {
    const { user } = this.#parts;
    const facts = (await readFacts(instance)) ?? (await this.#make(instance, options));
    await requireTraversal(user, instance.home);
    await requireOwner(user, instance.data);
    const sockets = await socketDirectory(instance, user);
    const configuration = renderConfiguration(instance, sockets, desired, user, this.#administrator);
    const later = copyLater(this.#parts.template, instance, user);
    const [managed] = await Promise.all([this.#bringUp(instance, configuration, sockets, desired, options), later]);
    const { server } = managed;
    const identity = await administer(server, async (client) => {
      if (facts.bootstrap === undefined) {
        options.onStep?.("bootstrapping");
        await bootstrap(client, desired.bootstrap);
      }
      for (const [role, password] of Object.entries(desired.passwords)) {
        const digest = createHmac("sha256", this.#digestKey).update(JSON.stringify(password)).digest("base64");
        if (managed.passwords.get(role) === digest) continue;
        await setPassword(client, role, password);
        managed.passwords.set(role, digest);
      }
      return readIdentity(client);
    });
    if (facts.bootstrap === undefined) await writeFacts(instance, { ...facts, bootstrap: desired.bootstrap });
    const { systemIdentifier, timeline, startedAt } = identity;
    return {
      id: instance.id,
      host: LOOPBACK,
      port: server.port,
      pid: server.pid,
      systemIdentifier,
      timeline,
      startedAt,
    };
  }

  async #make(instance: Instance, { onStep, signal }: EnsureOptions): Promise<InstanceFacts> {
    const { template, user } = this.#parts;
    await this.#discard(instance.home);
    signal?.throwIfAborted();
    onStep?.("copying");
    const made = instanceIn(instance.id, join(this.#making, randomUUID()));
    await mkdir(made.home, { mode: 0o711 });
    try {
      await copyFirst(template, made, user);
      const facts = { systemIdentifier: await renewSystemIdentifier(made.data) };
      await mkdir(made.configuration, { mode: 0o711 });
      await writeFacts(made, facts);
      await rename(made.home, instance.home);
      return facts;
    } catch (error) {
      await rm(made.home, { recursive: true, force: true });
      throw error;
    }
  }

  async #bringUp(
    instance: Instance,
    configuration: Configuration,
    sockets: string,
    desired: DesiredServer,
    options: EnsureOptions,
  ): Promise<Managed> {
    const running = this.#managed.get(instance.id);
    if (running !== undefined) return running;
    const found = await findServer(instance, this.#parts.user);
    if (found.type === "running") {
      options.onStep?.("adopted");
      return this.#manage(instance.id, found.server, undefined);
    }
    await this.#write(instance, configuration);
    options.onStep?.("starting");
    const server = await startServer(instance, this.#parts.binaries, this.#parts.user, {
      sockets,
      port: desired.port,
      recycledPid: found.recycledPid,
      timeoutMs: this.#parts.startTimeoutMs,
      signal: options.signal,
      parameters: Object.keys(desired.parameters),
    });
    return this.#manage(instance.id, server, configuration);
  }

  async #write(instance: Instance, configuration: Configuration): Promise<void> {
    const paths = configurationPaths(instance);
    for (const name of ["settings", "hba", "ident", "certificate", "clientCa"] as const) {
      await writeDurably(paths[name], configuration[name], { owner: this.#parts.user });
    }
  }

  #manage(id: string, server: ServerProcess, configuration: Configuration | undefined): Managed {
    const managed: Managed = { server, configuration, passwords: new Map() };
    this.#managed.set(id, managed);
    void server.ended.then(() => {
      if (this.#managed.get(id) !== managed) return;
      this.#managed.delete(id);
      this.#parts.logger?.warn({ id, pid: server.pid }, "PostgreSQL ended unasked");
      for (const listener of this.#listeners) listener(id);
    });
    return managed;
  }

  async #stop(instance: Instance): Promise<void> {
    const managed = this.#managed.get(instance.id);
    this.#managed.delete(instance.id);
    if (managed !== undefined) return stopServer(managed.server);
    const found = await findServer(instance, this.#parts.user);
    if (found.type === "running") await stopServer(found.server);
  }

  async #discard(path: string): Promise<void> {
    const discarded = join(this.#trash, randomUUID());
    try {
      await rename(path, discarded);
    } catch (error) {
      if (isAbsent(error)) return;
      throw error;
    }
    await rm(discarded, { recursive: true, force: true });
  }

  /** Calls about one server happen one after another, in the order in which they came. */
  async #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.then(work, work);
    const settled = turn.catch(() => undefined);
    this.#turns.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    }
  }
}
