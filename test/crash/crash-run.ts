import { setTimeout as sleep } from "node:timers/promises";
import { type DevProcess, startDev } from "./dev-process.js";
import { createGatewayClient, type GatewayClient, GatewayRefusal } from "./gateway-client.js";
import { createModelCluster, type ModelCluster } from "./model.js";
import { type Postmaster, scanProcesses } from "./postgres-processes.js";
import { createRandom, type Random } from "./random.js";
import { settle } from "./settle.js";

/**
 * Where the blow falls. `power` kills the PostgreSQL servers in the same instant, as a machine that goes down does; the others kill
 * the command alone, whose servers go on.
 */
export const SITUATIONS = ["provisioning", "mutation", "rest", "power"] as const;
export type Situation = (typeof SITUATIONS)[number];

export interface RoundReport {
  readonly round: number;
  readonly situation: Situation;
  readonly delayMs: number;
  /** Mutations whose answer the blow cut off. They are repeated with the same key. */
  readonly unanswered: number;
  /** From starting the command again to its ready line. */
  readonly restartMs: number;
  /** From the ready line until everything that must be there was seen. */
  readonly settledMs: number;
  readonly clusters: number;
  readonly rows: number;
  readonly postmasters: number;
}

export interface CrashRunOptions {
  readonly directory: string;
  readonly rounds: number;
  readonly seed: number;
  readonly onRound?: (report: RoundReport) => void;
}

const NAMESPACE = "team-a";
const MAX_CLUSTERS = 3;
const READY_MS = 60_000;
/** About twice what a mutation takes to be answered and a cluster to be ready, both measured on two cores. */
const MUTATION_MS = 30;
const PROVISIONING_MS = 700;
const WRITING_MS = 400;

/** Kills the command over and over and throws as soon as something acknowledged is missing, or something is there that should not be. */
export async function runCrashRounds(options: CrashRunOptions): Promise<readonly RoundReport[]> {
  const run = new CrashRun(options.directory, createRandom(options.seed));
  const reports: RoundReport[] = [];
  await run.begin();
  try {
    for (let round = 1; round <= options.rounds; round++) {
      const situation = SITUATIONS[(round - 1) % SITUATIONS.length] ?? "rest";
      const report = await run.round(round, situation);
      reports.push(report);
      options.onRound?.(report);
    }
    await run.finish();
    return reports;
  } catch (error) {
    throw new Error(`after ${reports.length} good rounds: ${String(error)}\n${run.stderr()}`, { cause: error });
  } finally {
    await run.abandon();
  }
}

class CrashRun {
  readonly #directory: string;
  readonly #random: Random;
  readonly #clusters = new Map<string, ModelCluster>();
  /** Process numbers by port, as last seen. */
  readonly #servers = new Map<number, number>();
  #names = 0;
  #dev: DevProcess | undefined;
  /** The token of the first start: it must stay good. */
  #token: string | undefined;

  constructor(directory: string, random: Random) {
    this.#directory = directory;
    this.#random = random;
  }

  stderr(): string {
    return this.#dev?.stderr() ?? "";
  }

  async begin(): Promise<void> {
    this.#dev = await startDev(this.#directory);
    this.#token = this.#dev.ready.tokens[NAMESPACE];
    await this.#create();
    await this.#verify();
  }

  async round(round: number, situation: Situation): Promise<RoundReport> {
    await this.#makeRoom(situation);
    const delayMs = await this.#strike(situation);
    const unanswered = this.#inState("creating").length + this.#inState("deleting").length;
    if (situation === "power") this.#servers.clear();
    const killed = Date.now();
    const { url } = this.#process().ready;
    this.#dev = await startDev(this.#directory);
    const restarted = Date.now();
    if (this.#dev.ready.url !== url) throw new Error(`the gateway moved from ${url} to ${this.#dev.ready.url}`);
    await this.#repeatUnanswered();
    const postmasters = await this.#verify();
    return {
      round,
      situation,
      delayMs,
      unanswered,
      restartMs: restarted - killed,
      settledMs: Date.now() - restarted,
      clusters: this.#live().length,
      rows: this.#live().reduce((sum, { witness }) => sum + witness.rows, 0),
      postmasters,
    };
  }

  /** Deletes everything, stops the command and looks for what is left. */
  async finish(): Promise<void> {
    for (const cluster of this.#live()) await this.#delete(cluster);
    await this.#verify();
    const code = await this.#process().stop();
    if (code !== 0) throw new Error(`SIGTERM ended the command with exit code ${code}`);
    await settle(READY_MS, async () => {
      const { pids } = await scanProcesses(this.#directory, new Set([process.pid]));
      return pids.length === 0 ? undefined : `${pids.length} processes are left after the command ended`;
    });
  }

  /** Leaves no process behind, whatever went wrong. */
  async abandon(): Promise<void> {
    await this.#dev?.kill();
    await this.#killServers();
  }

  /** Kills the command after a random delay in the middle of what `situation` names. */
  async #strike(situation: Situation): Promise<number> {
    const writing = new AbortController();
    const writers = this.#live().map(({ credentials, witness }) =>
      credentials === undefined ? undefined : witness.write(credentials, writing.signal),
    );
    let answered: Promise<void> | undefined;
    if (situation === "provisioning") await this.#create();
    if (situation === "mutation") answered = this.#mutate();
    const longest = { provisioning: PROVISIONING_MS, mutation: MUTATION_MS, rest: WRITING_MS, power: WRITING_MS };
    const delayMs = this.#random.between(0, longest[situation]);
    await sleep(delayMs);
    await this.#process().kill();
    if (situation === "power") await this.#killServers();
    writing.abort();
    await Promise.all([...writers, answered]);
    return delayMs;
  }

  /** One mutation whose answer may never come. */
  async #mutate(): Promise<void> {
    const [oldest] = this.#live();
    const remove = oldest !== undefined && this.#random.between(0, 2) === 0;
    try {
      await (remove ? this.#delete(oldest) : this.#create());
    } catch (error) {
      if (error instanceof GatewayRefusal) throw error;
    }
  }

  async #create(): Promise<void> {
    const cluster = createModelCluster(`db-${++this.#names}`);
    this.#clusters.set(cluster.name, cluster);
    await this.#client().createCluster(cluster.name, cluster.idempotencyKey);
    cluster.state = "created";
  }

  async #delete(cluster: ModelCluster): Promise<void> {
    cluster.state = "deleting";
    await this.#client().deleteCluster(cluster.name);
    cluster.state = "deleted";
  }

  async #makeRoom(situation: Situation): Promise<void> {
    const creates = situation === "provisioning" || situation === "mutation";
    const [oldest] = this.#live();
    if (!creates || oldest === undefined || this.#live().length < MAX_CLUSTERS) return;
    await this.#delete(oldest);
    await this.#verify();
  }

  /** A caller that got no answer asks again with the same key; the outcome must be one cluster, or none. */
  async #repeatUnanswered(): Promise<void> {
    for (const cluster of this.#clusters.values()) {
      if (cluster.state === "creating") {
        await this.#client().createCluster(cluster.name, cluster.idempotencyKey);
        cluster.state = "created";
      } else if (cluster.state === "deleting") {
        await this.#delete(cluster).catch((error: unknown) => {
          if (!(error instanceof GatewayRefusal && error.code === "NOT_FOUND")) throw error;
          cluster.state = "deleted";
        });
      }
    }
  }

  /** Everything acknowledged is there and ready, everything deleted is gone, each cluster has one server and no other runs. */
  async #verify(): Promise<number> {
    const expected = this.#live().map(({ name }) => name);
    await settle(READY_MS, async () => {
      const seen = await this.#client().clusters();
      const absent = expected.filter((name) => !seen.some((cluster) => cluster.name === name));
      if (absent.length > 0) throw new Error(`acknowledged, and now missing: ${absent.join(", ")}`);
      const extra = seen.filter(({ name }) => !expected.includes(name));
      if (extra.length > 0) return `deleted, and still listed: ${extra.map(({ name }) => name).join(", ")}`;
      const waiting = seen.filter(({ ready }) => !ready);
      return waiting.length === 0 ? undefined : waiting.map(({ name, phase }) => `${name} is ${phase}`).join(", ");
    });
    for (const cluster of this.#live()) {
      cluster.credentials ??= await this.#client().credentials(cluster.name);
      const missing = await cluster.witness.missing(cluster.credentials);
      if (missing.length > 0) throw new Error(`${cluster.name} lost ${missing.length} acknowledged rows: ${missing}`);
    }
    return this.#verifyProcesses();
  }

  async #verifyProcesses(): Promise<number> {
    const ports = this.#live().map(({ credentials }) => credentials?.port ?? 0);
    let servers: readonly Postmaster[] = [];
    await settle(READY_MS, async () => {
      const { postmasters, strays } = await scanProcesses(this.#directory, new Set([process.pid, this.#process().pid]));
      const count = postmasters.length;
      const [stray] = strays;
      if (stray !== undefined) return `process ${stray.pid} belongs to no server: ${stray.command}`;
      const doubled = postmasters.find(({ pid, port }) => postmasters.some((o) => o.pid !== pid && o.port === port));
      if (doubled !== undefined) return `two servers for port ${doubled.port}`;
      const orphan = postmasters.find(({ port }) => !ports.includes(port));
      if (orphan !== undefined) return `server ${orphan.pid} in ${orphan.dataDirectory} belongs to no cluster`;
      if (count !== ports.length) return `${count} servers for ${ports.length} clusters`;
      servers = postmasters;
      return undefined;
    });
    for (const { pid, port } of servers) {
      const before = this.#servers.get(port);
      if (before !== undefined && before !== pid)
        throw new Error(`the server at port ${port} was not adopted but restarted`);
    }
    this.#servers.clear();
    for (const { pid, port } of servers) this.#servers.set(port, pid);
    return servers.length;
  }

  async #killServers(): Promise<void> {
    const { pids } = await scanProcesses(this.#directory, new Set([process.pid]));
    for (const pid of pids) killIfAlive(pid);
    await settle(READY_MS, async () => {
      const left = await scanProcesses(this.#directory, new Set([process.pid]));
      return left.pids.length === 0 ? undefined : `${left.pids.length} processes survived SIGKILL`;
    });
  }

  #live(): readonly ModelCluster[] {
    return this.#inState("created");
  }

  #inState(wanted: ModelCluster["state"]): readonly ModelCluster[] {
    return [...this.#clusters.values()].filter(({ state }) => state === wanted);
  }

  #process(): DevProcess {
    if (this.#dev === undefined) throw new Error("the command was not started");
    return this.#dev;
  }

  #client(): GatewayClient {
    if (this.#token === undefined) throw new Error("the command was not started");
    return createGatewayClient(this.#process().ready.url, this.#token, NAMESPACE);
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
