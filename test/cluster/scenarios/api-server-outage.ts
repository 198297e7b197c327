import { join } from "node:path";
import { CLUSTER_CRD, ClosingStack } from "@tenantry/embedded";
import { type Cluster, type Clusters, createTenantry, pause, retry, type Transport } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { createKubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import { type CustomResourceDefinition, installDefinition } from "../manifests/install-definition.js";
import { readManifests } from "../manifests/read-manifests.js";
import { Witness } from "./outage/witness.js";
import { type Failure, Writer } from "./outage/writer.js";
import type { Scenario, ScenarioLane, ScenarioReport } from "./scenario.js";
import { makeScenarioNamespace } from "./scenario-namespace.js";
import { within } from "./within.js";

const FEW_ROUNDS = 3;
/** What a caller gives one call. */
const CALL_MS = 5_000;
/** `follow` waits at most 10 s between two attempts. */
const CATCH_UP_MS = 30_000;
const RESTART_MS = 120_000;

/** The API server is killed while clusters are written and followed, and comes back. */
export const apiServerOutage: Scenario = { name: "api-server-outage", run };

async function run(lane: ScenarioLane): Promise<ScenarioReport> {
  const closing = new ClosingStack();
  try {
    return { seen: summary(await play(lane, closing)) };
  } finally {
    await closing.close();
  }
}

interface Course {
  readonly rounds: number;
  readonly origin: string;
  readonly midApply: number;
  readonly longestCatchUpMs: number;
  readonly writers: readonly Writer[];
  readonly patient: Writer;
  readonly witnesses: readonly Witness[];
}

async function play(lane: ScenarioLane, closing: ClosingStack): Promise<Course> {
  const { controlPlane, rounds = FEW_ROUNDS, signal } = lane;
  const connect = async (): Promise<Transport> => {
    const transport = await createKubeconfigTransport({ kubeconfig: controlPlane.kubeconfig, timeoutMs: CALL_MS });
    closing.push(() => transport.close());
    return transport;
  };
  const transport = await connect();
  const { definition, origin } = await clusterDefinition();
  await installDefinition(transport, definition, signal);
  const { namespace, principal } = await makeScenarioNamespace(transport, "outage");
  const clustersOver = (through: Transport): Clusters =>
    createTenantry({ transport: through, providers: { clusters: cloudNativePg() } })
      .as(principal)
      .namespace(namespace).clusters;
  const clusters = clustersOver(transport);

  const leaving = new AbortController();
  const following = AbortSignal.any([signal, leaving.signal]);
  const witnesses = await Promise.all(
    [1, 2, 3].map(async (n) => {
      const stream = clustersOver(await connect()).follow({ signal: following });
      return new Witness(`follower ${n}`, stream);
    }),
  );
  closing.push(async () => {
    leaving.abort();
    await Promise.all(witnesses.map((witness) => witness.ended()));
  });

  const writers = ["first", "second"].map((name) => new Writer(clusters, name, CALL_MS));
  // Its caller leaves the repeating to the SDK, and should never notice.
  const patient = new Writer(clustersOver(retry()(await connect())), "patient", CALL_MS);
  const all = [...writers, patient];
  let midApply = 0;
  let longestCatchUpMs = 0;
  for (let round = 1; round <= rounds; round++) {
    for (const writer of all) writer.start(signal);
    await within(CATCH_UP_MS, signal, (waiting) => Promise.all(all.map((writer) => writer.advanced(2, waiting))));
    await pause(Math.random() * 300, signal);
    midApply += all.some((writer) => writer.busy) ? 1 : 0;
    await controlPlane.killApiServer();
    if (round % 2 === 0) await pause(Math.random() * 2_000, signal);
    await within(RESTART_MS, signal, (waiting) => controlPlane.restartApiServer(waiting));
    await within(CATCH_UP_MS, signal, (waiting) => Promise.all(all.map((writer) => writer.advanced(2, waiting))));
    await Promise.all(all.map((writer) => writer.stop()));
    const goneOne = writers[round % writers.length];
    if (round % 3 === 0) await goneOne?.removeCluster(signal);
    const stoppedAt = performance.now();
    const there = await everything(clusters);
    await within(CATCH_UP_MS, signal, (waiting) =>
      Promise.all(witnesses.map((witness) => witness.knows(there, waiting))),
    );
    longestCatchUpMs = Math.max(longestCatchUpMs, performance.now() - stoppedAt);
    lane.onProgress(`round ${round} of ${rounds}`);
  }
  return { rounds, origin, midApply, longestCatchUpMs, writers, patient, witnesses };
}

async function everything(clusters: Clusters): Promise<readonly Cluster[]> {
  const all: Cluster[] = [];
  for await (const cluster of clusters.all()) all.push(cluster);
  return all;
}

/** The operator's own definition where `CLOUDNATIVE_PG_CRDS` names the directory with its manifests, else ours. */
async function clusterDefinition(): Promise<{
  readonly definition: CustomResourceDefinition;
  readonly origin: string;
}> {
  const directory = process.env.CLOUDNATIVE_PG_CRDS;
  if (directory === undefined || directory === "") {
    return { definition: CLUSTER_CRD as unknown as CustomResourceDefinition, origin: "our own definition" };
  }
  const [definition] = await readManifests<CustomResourceDefinition>(
    join(directory, "postgresql.cnpg.io_clusters.yaml"),
  );
  if (definition === undefined) throw new Error("CLOUDNATIVE_PG_CRDS: the definition of clusters is empty");
  return { definition, origin: "CloudNativePG's own definition" };
}

function summary({ rounds, origin, midApply, longestCatchUpMs, writers, patient, witnesses }: Course) {
  const failures = writers.flatMap((writer) => writer.failures);
  const longestMs = Math.max(0, ...failures.map(({ afterMs }) => afterMs));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const relists = sum(witnesses.map(({ snapshots }) => snapshots - 1));
  return [
    `${rounds} rounds (${midApply} mid-apply, ${origin}): no gap, no duplicate`,
    `${sum([...writers, patient].map(({ acknowledged }) => acknowledged))} writes acknowledged; ` +
      `${witnesses.length} followers were told ${sum(witnesses.map(({ events }) => events))} changes, began anew ${relists} times, ` +
      `caught up within ${(longestCatchUpMs / 1000).toFixed(1)} s`,
    `${Math.max(...witnesses.map(({ writtenAgain }) => writtenAgain))} applies were written again by the API server when they were repeated`,
    `${failures.length} retryable errors (${tally(failures)}), the latest after ${longestMs.toFixed(0)} ms; ` +
      `through retry(): ${patient.failures.length}`,
  ] as const;
}

function tally(failures: readonly Failure[]): string {
  const counts = new Map<string, number>();
  for (const { code, reason } of failures) {
    const key = `${code} ${reason ?? "without a reason"}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ${count}`).join(", ");
}
