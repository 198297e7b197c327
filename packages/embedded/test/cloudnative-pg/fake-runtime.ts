import { TenantryError } from "@tenantry/sdk";
import type { DesiredServer, EnsureOptions, PostgresRuntime, RunningServer } from "../../src/postgres/runtime.js";

export interface FakeServer {
  desired: DesiredServer;
  running: RunningServer | undefined;
  starts: number;
}

/** A runtime without PostgreSQL: it remembers what it was told, and fails when told to. */
export class FakeRuntime implements PostgresRuntime {
  readonly version = { major: 18, full: "18.4" };
  readonly servers = new Map<string, FakeServer>();
  readonly calls: string[] = [];
  readonly #listeners = new Set<(id: string) => void>();
  #port = 40_000;
  /** Thrown by the next calls of ensure, until unset. */
  failure: TenantryError | undefined;
  /** Awaited by ensure before it ends. */
  gate: Promise<void> | undefined;
  /** Given to servers that start, instead of one of its own choice. */
  nextPort: number | undefined;
  busy = 0;

  async ensure(id: string, desired: DesiredServer, { onStep, signal }: EnsureOptions = {}): Promise<RunningServer> {
    this.calls.push(`ensure ${id}`);
    this.busy += 1;
    try {
      const known = this.servers.get(id);
      if (known === undefined) onStep?.("copying");
      if (this.gate !== undefined)
        await Promise.race(
          [this.gate, signal === undefined ? undefined : aborted(signal)].filter((one) => one !== undefined),
        );
      signal?.throwIfAborted();
      if (this.failure !== undefined) throw this.failure;
      onStep?.(known?.running === undefined ? "starting" : "reloading");
      const running: RunningServer = known?.running ?? {
        id,
        host: "127.0.0.1",
        port: this.nextPort ?? desired.port ?? this.#port++,
        pid: 4242,
        systemIdentifier: "7433000000000000001",
        timeline: 1,
        startedAt: new Date(),
      };
      const starts = (known?.starts ?? 0) + (known?.running === undefined ? 1 : 0);
      this.servers.set(id, { desired, running, starts });
      return running;
    } finally {
      this.busy -= 1;
    }
  }

  async stop(id: string): Promise<void> {
    this.calls.push(`stop ${id}`);
    const server = this.servers.get(id);
    if (server !== undefined) server.running = undefined;
  }

  async remove(id: string): Promise<void> {
    this.calls.push(`remove ${id}`);
    this.servers.delete(id);
  }

  async list(): Promise<readonly string[]> {
    return [...this.servers.keys()];
  }

  onExit(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async warm(): Promise<void> {}
  async close(): Promise<void> {}

  /** As if the server had died. */
  kill(id: string): void {
    const server = this.servers.get(id);
    if (server !== undefined) server.running = undefined;
    for (const listener of this.#listeners) listener(id);
  }

  only(): FakeServer & { readonly id: string } {
    const [[id, server] = []] = [...this.servers];
    if (id === undefined || server === undefined || this.servers.size !== 1) {
      throw new Error(`there are ${this.servers.size} servers`);
    }
    return { ...server, id };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

export function noDiskSpace(): TenantryError {
  return new TenantryError("resource_exhausted", "No space left on the device of /data");
}
