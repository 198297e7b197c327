import { setMaxListeners } from "node:events";
import {
  type FollowEvent,
  findCondition,
  follow,
  isTenantryError,
  type KubernetesObject,
  pause,
  type Resource,
  SECRETS,
  type Transport,
} from "@tenantry/sdk";
import type { PostgresRuntime } from "../../postgres/runtime.js";
import { createWorkQueue } from "../../queue/work-queue.js";
import { warmUpCertificates } from "../../tls/warm-up-certificates.js";
import { CLUSTERS, type CnpgCluster } from "./cluster-object.js";
import { ownerUid } from "./objects/owned-object.js";
import { SERVICES } from "./objects/services.js";
import { ClusterCache } from "./operator/cluster-cache.js";
import { ClusterStates, serverId, uidOfServer } from "./operator/cluster-state.js";
import { createEventRecorder } from "./operator/event-recorder.js";
import type { ReconcileParts } from "./operator/reconcile-cluster.js";
import { workOnKey } from "./operator/work-on-key.js";
import { PHASE } from "./status/phase.js";
import { StatusWriter } from "./status/status-writer.js";

export interface CloudNativePgOperatorOptions {
  readonly transport: Transport;
  readonly runtime: PostgresRuntime;
  /** The name or address under which clients on this machine reach the servers. In the generated Secrets and in the certificates. */
  readonly host?: string | undefined;
  readonly clusterDomain?: string | undefined;
  /** Clusters worked on at the same time. */
  readonly concurrency?: number | undefined;
  /** The present when absent. */
  readonly now?: (() => Date) | undefined;
  /** What of pino's logger is used. */
  readonly logger?: { warn(fields: object, message: string): void } | undefined;
}

/** Written as a name: libpq before 15 knows no addresses in certificates. */
const DEFAULT_HOST = "localhost";
const DEFAULT_CLUSTER_DOMAIN = "cluster.local";
const DEFAULT_CONCURRENCY = 4;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 30_000;

/**
 * Runs the `Cluster`s of CloudNativePG on the runtime: follows the objects, brings each to its spec and reports in its status. Resolves once
 * every present cluster is known and no status claims a server that has not been seen; the servers come up after that.
 */
export async function startCloudNativePgOperator(
  options: CloudNativePgOperatorOptions,
): Promise<{ close(): Promise<void> }> {
  const { transport, runtime, logger, now = () => new Date() } = options;
  const abort = new AbortController();
  const { signal } = abort;
  // Every request under way listens to it.
  setMaxListeners(0, signal);
  const events = createEventRecorder(transport, now);
  const states = new ClusterStates();
  const cache = new ClusterCache();
  const parts: ReconcileParts = {
    transport,
    runtime,
    events,
    now,
    signal,
    host: options.host ?? DEFAULT_HOST,
    clusterDomain: options.clusterDomain ?? DEFAULT_CLUSTER_DOMAIN,
    onWritten: (cluster) => cache.written(cluster),
  };
  const warmedUp = warmUpCertificates();
  /** What brings a cluster up, to be given up when the cluster is deleted meanwhile. */
  const bringingUp = new Map<string, AbortController>();

  const queue = createWorkQueue({
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    firstDelayMs: FIRST_DELAY_MS,
    maxDelayMs: MAX_DELAY_MS,
    async work(key) {
      if (signal.aborted) return;
      const run = new AbortController();
      if (isWanted(cache.get(key))) bringingUp.set(key, run);
      setMaxListeners(0, run.signal);
      // By hand, because Node 20 never forgets a signal that AbortSignal.any made of one that lives on (nodejs/node#55351).
      const stop = (): void => run.abort(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      try {
        const againMs = await workOnKey({ ...parts, signal: run.signal }, cache, states, key);
        if (againMs !== undefined) queue.addAfter(key, againMs);
      } catch (error) {
        // Closing, or a deletion, which has put the key into the queue again.
        if (!run.signal.aborted) throw error;
      } finally {
        signal.removeEventListener("abort", stop);
        bringingUp.delete(key);
      }
    },
    onFailure(key, error) {
      if (!signal.aborted) logger?.warn({ cluster: key, ...describe(error) }, "Reconciling a cluster failed");
    },
  });

  /** Follows for good: whatever ends the stream, it is taken up again with a new snapshot. */
  async function observe<T extends KubernetesObject>(
    resource: Resource,
    handle: (event: FollowEvent<T>) => Promise<void> | void,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of follow<T>(transport, resource, { signal })) await handle(event);
      } catch (error) {
        if (!signal.aborted) logger?.warn({ resource: resource.plural, ...describe(error) }, "Watching failed");
      }
      await pause(FIRST_DELAY_MS * 5, signal).catch(() => undefined);
    }
  }

  const stopListening = runtime.onExit((id) => {
    const uid = uidOfServer(id);
    const key = uid === undefined ? undefined : cache.keyOfUid(uid);
    if (uid === undefined || key === undefined) return;
    const state = states.of(uid);
    state.exits += 1;
    state.server = undefined;
    state.fingerprint = undefined;
    const cluster = cache.get(key);
    if (cluster !== undefined) {
      events.record(cluster, "Warning", "InstanceFailed", "PostgreSQL ended unexpectedly and is being started again");
    }
    queue.add(key);
  });

  let known: () => void = () => undefined;
  const firstSnapshot = new Promise<void>((resolve) => {
    known = resolve;
  });
  let isFirst = true;
  const following = [
    observe<CnpgCluster>(CLUSTERS, async (event) => {
      const keys = event.type === "snapshot" ? cache.replace(event.items) : cache.apply(event);
      if (isFirst && event.type === "snapshot") {
        isFirst = false;
        await Promise.all([disclaim(parts, event.items), queueOrphans(event.items)]);
        known();
      }
      for (const key of keys) {
        if (!isWanted(cache.get(key))) bringingUp.get(key)?.abort();
        queue.add(key);
      }
    }),
  ];
  await firstSnapshot;
  for (const resource of [SECRETS, SERVICES]) {
    following.push(
      observe(resource, (event) => {
        for (const object of event.type === "snapshot" ? event.items : [event.object]) {
          for (const key of cache.concerned(object, ownerUid(object), event.type !== "DELETED")) queue.add(key);
        }
      }),
    );
  }

  async function queueOrphans(clusters: readonly CnpgCluster[]): Promise<void> {
    try {
      const wanted = new Set(clusters.map(({ metadata }) => serverId(metadata.uid ?? "")));
      for (const id of await runtime.list()) {
        if (uidOfServer(id) !== undefined && !wanted.has(id)) queue.add(id);
      }
    } catch (error) {
      logger?.warn(describe(error), "Listing the servers failed");
    }
  }

  return {
    async close() {
      stopListening();
      abort.abort();
      await Promise.all(following);
      await queue.close();
      await events.close();
      await warmedUp;
    },
  };
}

function isWanted(cluster: CnpgCluster | undefined): boolean {
  return cluster !== undefined && cluster.metadata.deletionTimestamp === undefined;
}

/** Takes back "ready" wherever an earlier process said so: nobody has seen those servers since. */
async function disclaim(parts: ReconcileParts, clusters: readonly CnpgCluster[]): Promise<void> {
  const { transport, signal, now, onWritten } = parts;
  await Promise.all(
    clusters.map(async (cluster) => {
      const { namespace = "", name = "", uid = "", annotations, deletionTimestamp } = cluster.metadata;
      const claims = findCondition(cluster.status?.conditions, "Ready")?.status === "True";
      if (!claims || deletionTimestamp !== undefined || annotations?.["cnpg.io/hibernation"] === "on") return;
      const status = new StatusWriter({ transport, cluster, namespace, name, uid, signal }, now, onWritten);
      status.report({ phase: PHASE.waitingForInstances, server: undefined });
      await status.flush().catch(() => undefined);
    }),
  );
}

/** For a log. Of what nobody foresaw the text stays out: it may quote the data it was about. */
function describe(error: unknown): { readonly error: string; readonly at?: readonly string[] } {
  if (isTenantryError(error)) return { error: error.message };
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: frames.slice(0, 5).map((line) => line.trim()) };
}
