import { setImmediate } from "node:timers/promises";
import { findCondition, type Transport } from "@tenantry/sdk";
import type { EnsureOptions, PostgresRuntime, RunningServer } from "../../../postgres/runtime.js";
import { CLUSTERS, type CnpgCluster, FINALIZER } from "../cluster-object.js";
import { prepareCertificates, type StoredCertificates } from "../objects/certificates.js";
import { prepareCredentials } from "../objects/credentials.js";
import type { ClusterScope } from "../objects/owned-object.js";
import { prepareServices } from "../objects/services.js";
import { callersHbaLine } from "../postgresql/host-based-authentication.js";
import type { Observation } from "../status/cluster-status.js";
import { describeFailure } from "../status/failure.js";
import { PHASE, type Phase } from "../status/phase.js";
import { StatusWriter } from "../status/status-writer.js";
import { type ClusterState, serverId } from "./cluster-state.js";
import { fingerprintOf, serverNames, toDesiredServer } from "./desired-server.js";
import type { EventRecorder } from "./event-recorder.js";

export interface ReconcileParts {
  readonly transport: Transport;
  readonly runtime: PostgresRuntime;
  readonly events: EventRecorder;
  readonly host: string;
  readonly clusterDomain: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly onWritten: (cluster: CnpgCluster) => void;
}

const STEP_PHASES: Readonly<Partial<Record<Parameters<NonNullable<EnsureOptions["onStep"]>>[0], Phase>>> = {
  copying: PHASE.settingUp,
  starting: PHASE.waitingForInstances,
  restarting: PHASE.restartingInPlace,
  reloading: PHASE.applyingConfiguration,
};

/**
 * Brings one cluster to its spec and reports how it stands. Every step looks before it acts, so it may be repeated, or taken up by another
 * process, from any point.
 * @returns when to look again although nothing happens: the next certificate to renew.
 */
export async function reconcileCluster(
  parts: ReconcileParts,
  cluster: CnpgCluster,
  state: ClusterState,
): Promise<Date | undefined> {
  const { transport, events, now, signal, onWritten } = parts;
  const { namespace = "", name = "", uid = "" } = cluster.metadata;
  const scope: ClusterScope = { transport, cluster, namespace, name, uid, signal };
  const status = new StatusWriter(scope, now, onWritten);
  const exits = state.exits;
  const isNew = (cluster.status?.systemID ?? "") === "";
  let observation: Omit<Observation, "server"> = { phase: isNew ? PHASE.settingUp : PHASE.waitingForInstances };
  const report = (change: Partial<typeof observation>): void => {
    observation = { ...observation, ...change };
    // Read anew each time: the server may have ended since the last report.
    status.report({ ...observation, server: state.server });
  };

  await addFinalizer(scope);
  try {
    if (cluster.metadata.annotations?.["cnpg.io/hibernation"] === "on") {
      await hibernate(parts, uid, state);
      report({ phase: PHASE.healthy, hibernated: true });
      await status.flush();
      return undefined;
    }
    // At once only where the status says otherwise: each write takes time that a new server could start in.
    if (state.server === undefined && claimsReady(cluster)) report({});
    const names = serverNames(cluster, parts.host, parts.clusterDomain);
    const [certificates, credentials, services] = await Promise.all([
      prepareCertificates(scope, names, now()),
      prepareCredentials(scope),
      prepareServices(scope),
    ]);
    const desired = toDesiredServer(cluster, certificates, credentials.passwords, services.port);
    const fingerprint = fingerprintOf(desired, cluster.metadata.annotations?.["cnpg.io/reloadedAt"]);
    const [server, stored] = await allDone(bringUp(), storeCertificates());
    const [secretVersions] = await Promise.all([
      credentials.publish({ host: parts.host, port: server.port }),
      services.publish({ ip: server.host, port: server.port }),
    ]);
    // A turn for an exit that is known already to arrive: nobody shall read "ready" of a dead server.
    await setImmediate();
    if (state.exits !== exits) return undefined;
    report({ phase: PHASE.healthy, secretVersions });
    await status.flush();
    return stored.renewAt;

    async function storeCertificates(): Promise<StoredCertificates> {
      const stored = await certificates.store();
      if (state.server === undefined) report({ certificates: stored.status });
      else observation = { ...observation, certificates: stored.status };
      return stored;
    }

    async function bringUp(): Promise<RunningServer> {
      const restartedAt = await stopForRestart(parts, cluster, state, report);
      const running = state.server;
      if (running !== undefined && state.fingerprint === fingerprint) return running;
      if (running !== undefined) report({ phase: PHASE.applyingConfiguration });
      const ensuring = parts.runtime.ensure(serverId(uid), desired, {
        signal,
        onStep: (step) => {
          const phase = STEP_PHASES[step];
          if (step === "starting" || step === "restarting") state.server = undefined;
          if (phase !== undefined) report({ phase });
        },
      });
      if (running === undefined) report({});
      if (isNew) events.record(cluster, "Normal", "CreatingInstance", "Primary instance initialization");
      const server = await ensuring;
      if (state.exits === exits) {
        state.server = server;
        state.fingerprint = fingerprint;
        state.restartedAt = restartedAt;
      }
      const what =
        running === undefined
          ? "PostgreSQL is running and answers over TLS"
          : "PostgreSQL runs with the changed settings";
      events.record(cluster, "Normal", running === undefined ? "InstanceReady" : "ConfigurationApplied", what);
      return server;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const failure = describeFailure(error, observation.phase, callersHbaLine);
    // Nobody knows how much of the refused change has been written: the next attempt shall write all of it.
    state.fingerprint = undefined;
    report(failure);
    events.record(cluster, "Warning", "ReconciliationFailed", `${failure.phase}: ${failure.reason}`);
    await status.flush();
    throw error;
  }
}

/** Like `Promise.all`, but leaves nothing running behind a failure. */
async function allDone<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

function claimsReady({ status }: CnpgCluster): boolean {
  return findCondition(status?.conditions, "Ready")?.status === "True";
}

async function addFinalizer({ transport, cluster, namespace, name, uid, signal }: ClusterScope): Promise<void> {
  const { finalizers = [], resourceVersion } = cluster.metadata;
  if (finalizers.includes(FINALIZER)) return;
  const body = { metadata: { uid, resourceVersion, finalizers: [...finalizers, FINALIZER] } };
  await transport.send({ verb: "patch", resource: CLUSTERS, namespace, name, body, signal });
}

async function hibernate({ runtime }: ReconcileParts, uid: string, state: ClusterState): Promise<void> {
  state.server = undefined;
  state.fingerprint = undefined;
  await runtime.stop(serverId(uid));
}

/**
 * Obeys `kubectl.kubernetes.io/restartedAt`. A server that started after that instant has been restarted already, by whatever process; the
 * instant counts in whole seconds, so what this process did is remembered as well.
 */
async function stopForRestart(
  { runtime, events }: ReconcileParts,
  cluster: CnpgCluster,
  state: ClusterState,
  report: (change: { readonly phase: Phase }) => void,
): Promise<string | undefined> {
  const restartedAt = cluster.metadata.annotations?.["kubectl.kubernetes.io/restartedAt"];
  const { server } = state;
  if (restartedAt === undefined || server === undefined || state.restartedAt === restartedAt) return restartedAt;
  const second = (instant: number) => Math.floor(instant / 1000);
  if (!(second(Date.parse(restartedAt)) >= second(server.startedAt.getTime()))) return restartedAt;
  events.record(cluster, "Normal", "Restarting", `Restart asked for at ${restartedAt}`);
  state.server = undefined;
  state.fingerprint = undefined;
  report({ phase: PHASE.restartingInPlace });
  await runtime.stop(serverId(cluster.metadata.uid ?? ""));
  return restartedAt;
}
