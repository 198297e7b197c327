import type { Condition } from "@tenantry/sdk";
import type { RunningServer } from "../../../postgres/runtime.js";
import { type CnpgCertificatesStatus, type CnpgCluster, type CnpgClusterStatus, namesOf } from "../cluster-object.js";
import { POSTGRES_MAJOR } from "../postgresql/image.js";
import { PHASE, type Phase, usualReason } from "./phase.js";

/** What is known of a cluster at one moment. */
export interface Observation {
  readonly phase: Phase;
  readonly reason?: string | undefined;
  /** The server, when it answers. */
  readonly server: RunningServer | undefined;
  /** Absent while the Secrets are not all written. */
  readonly certificates?: CnpgCertificatesStatus | undefined;
  readonly secretVersions?: Readonly<Record<string, string>> | undefined;
  readonly hibernated?: boolean | undefined;
}

/** The whole status that follows from what is known now and what was reported before. */
export function toStatus(cluster: CnpgCluster, observation: Observation, now: Date): CnpgClusterStatus {
  const { metadata, spec } = cluster;
  const before = cluster.status ?? {};
  const { phase, reason, server, certificates, secretVersions, hibernated = false } = observation;
  const names = namesOf(metadata.name ?? "");
  const timestamp = toMicroTime(now);
  const image = spec?.imageName ?? "";
  const initialized = server !== undefined || (before.systemID ?? "") !== "";
  const status: CnpgClusterStatus = {
    ...before,
    phase,
    phaseReason: reason ?? usualReason(phase, names.instance),
    conditions: conditionsOf(cluster, observation, initialized, now),
    instances: 1,
    readyInstances: server === undefined ? 0 : 1,
    instanceNames: [names.instance],
    instancesStatus: hibernated ? {} : { [server === undefined ? "failed" : "healthy"]: [names.instance] },
    latestGeneratedNode: 1,
    targetPrimary: names.instance,
    targetPrimaryTimestamp: before.targetPrimary === names.instance ? before.targetPrimaryTimestamp : timestamp,
    writeService: names.readWrite,
    readService: names.read,
    selector: `cnpg.io/cluster=${metadata.name},cnpg.io/podRole=instance`,
    certificates: certificates ?? before.certificates,
    secretsResourceVersion: secretVersions ?? before.secretsResourceVersion,
  };
  if (server === undefined) return status;
  return {
    ...status,
    currentPrimary: names.instance,
    currentPrimaryTimestamp: before.currentPrimary === names.instance ? before.currentPrimaryTimestamp : timestamp,
    timelineID: server.timeline,
    systemID: server.systemIdentifier,
    image,
    pgDataImageInfo: { image, majorVersion: POSTGRES_MAJOR },
    healthyPVC: [names.instance],
  };
}

function conditionsOf(
  { metadata, status }: CnpgCluster,
  { phase, reason, server, hibernated = false }: Observation,
  initialized: boolean,
  now: Date,
): readonly Condition[] {
  const ready = phase === PHASE.healthy && (server !== undefined || hibernated);
  const wanted: Omit<Condition, "lastTransitionTime">[] = [
    {
      type: "Ready",
      status: ready ? "True" : "False",
      reason: ready ? "ClusterIsReady" : "ClusterIsNotReady",
      message: ready ? "Cluster is Ready" : (reason ?? "Cluster Is Not Ready"),
      // Beyond what the operator reports: it lets a client tell this from the state before its last change.
      observedGeneration: metadata.generation,
    },
    {
      type: "Initialized",
      status: initialized ? "True" : "False",
      reason: initialized ? "BootstrapCompleted" : "BootstrapPending",
      message: initialized ? "The cluster has been bootstrapped" : "The cluster is being bootstrapped",
    },
  ];
  if (server !== undefined) {
    wanted.push({
      type: "ConsistentSystemID",
      status: "True",
      reason: "Unique",
      message: "A single, unique system ID was found across reporting instances.",
    });
  }
  if (hibernated) {
    wanted.push({
      type: "cnpg.io/hibernation",
      status: "True",
      reason: "Hibernated",
      message: "Cluster has been hibernated",
    });
  }
  const before = status?.conditions ?? [];
  const kept = before.filter(({ type }) => type !== "cnpg.io/hibernation" && !wanted.some((one) => one.type === type));
  return [...wanted.map((condition) => withTransition(condition, before, now)), ...kept];
}

function withTransition(
  condition: Omit<Condition, "lastTransitionTime">,
  before: readonly Condition[],
  now: Date,
): Condition {
  const last = before.find(({ type }) => type === condition.type);
  const unchanged = last?.status === condition.status ? last.lastTransitionTime : undefined;
  return { ...condition, lastTransitionTime: unchanged ?? `${now.toISOString().slice(0, 19)}Z` };
}

/** Source: cloudnative-pg pkg/utils, RFC3339Micro. */
function toMicroTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
