import { readdir } from "node:fs/promises";
import { TenantryError } from "@tenantry/sdk";
import type { DesiredServer, EnsureOptions, PostgresRuntime, RunningServer } from "../runtime.js";
import { type Instance, idOfDirectory, instanceAt } from "./instance.js";
import { discardInstance } from "./make-instance.js";
import { removeTree } from "./remove-tree.js";
import { findAbandoned, type RuntimeContext } from "./runtime-context.js";
import { Server } from "./server.js";
import { fromSystemFailure } from "./system-failure.js";
import { WarmPool } from "./warm-pool.js";

/** {@link PostgresRuntime} over processes of this machine. Calls about one server happen one after another, others side by side. */
export class ProcessRuntime implements PostgresRuntime {
  readonly version: PostgresRuntime["version"];
  readonly #context: RuntimeContext;
  readonly #warm: WarmPool;
  readonly #servers = new Map<string, Server>();
  readonly #listeners = new Set<(id: string) => void>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #closing = new AbortController();
  #sweeping: Promise<void> = Promise.resolve();

  private constructor(context: RuntimeContext) {
    this.#context = context;
    this.version = context.binaries.version;
    this.#warm = new WarmPool(context);
  }

  static async open(context: RuntimeContext): Promise<ProcessRuntime> {
    const runtime = new ProcessRuntime(context);
    const abandoned = await findAbandoned(context.directories);
    await runtime.#warm.recover();
    runtime.#sweeping = Promise.all(abandoned.map(removeTree)).then(
      () => undefined,
      (error: unknown) => {
        context.logger?.warn(
          { err: error },
          "what an earlier process left half made or half removed stays on the disk",
        );
      },
    );
    return runtime;
  }

  async ensure(id: string, desired: DesiredServer, options: EnsureOptions = {}): Promise<RunningServer> {
    const server = this.#server(id);
    // By hand, because Node 20 never forgets a signal that AbortSignal.any made of one that lives on (nodejs/node#55351).
    const leaving = new AbortController();
    const { signal } = leaving;
    const leave = (): void => leaving.abort((options.signal?.aborted === true ? options.signal : closing).reason);
    const closing = this.#closing.signal;
    const sources = options.signal === undefined ? [closing] : [closing, options.signal];
    for (const source of sources) source.addEventListener("abort", leave);
    if (sources.some(({ aborted }) => aborted)) leave();
    try {
      return await this.#inTurn(id, server.instance, () => {
        signal.throwIfAborted();
        return server.ensure(desired, { ...options, signal });
      });
    } finally {
      for (const source of sources) source.removeEventListener("abort", leave);
      this.#refill();
    }
  }

  async stop(id: string): Promise<void> {
    const server = this.#server(id);
    await this.#inTurn(id, server.instance, () => server.stop());
  }

  async remove(id: string): Promise<void> {
    const server = this.#server(id);
    await this.#inTurn(id, server.instance, async () => {
      await server.stop();
      await discardInstance(this.#context, server.instance.home);
      this.#servers.delete(id);
    });
  }

  async list(): Promise<readonly string[]> {
    return (await readdir(this.#context.directories.instances)).map(idOfDirectory).sort();
  }

  onExit(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async warm(count: number): Promise<void> {
    try {
      await this.#warm.keep(count);
    } catch (error) {
      throw fromSystemFailure(error, this.#context.directories.warm);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new TenantryError("unavailable", "the PostgreSQL runtime is closing"));
    const stopped = await Promise.allSettled([
      this.#warm.close(),
      this.#sweeping,
      ...(await this.list()).map((id) => this.stop(id)),
    ]);
    for (const outcome of stopped) if (outcome.status === "rejected") throw outcome.reason;
  }

  #server(id: string): Server {
    const known = this.#servers.get(id);
    if (known !== undefined) return known;
    const instance = instanceAt(this.#context.directories.instances, id);
    const server = new Server(this.#context, instance, this.#warm, () => {
      for (const listener of this.#listeners) listener(id);
    });
    this.#servers.set(id, server);
    return server;
  }

  /** After a claim, and only when nobody waits for a server. */
  #refill(): void {
    if (this.#turns.size > 0 || this.#closing.signal.aborted) return;
    this.#warm.refill().catch((error: unknown) => {
      this.#context.logger?.warn({ err: error }, "no data directory could be prepared ahead");
    });
  }

  async #inTurn<T>(id: string, instance: Instance, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.then(work);
    const settled = turn.catch(() => undefined);
    this.#turns.set(id, settled);
    try {
      return await turn;
    } catch (error) {
      throw fromSystemFailure(error, instance.home);
    } finally {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    }
  }
}
