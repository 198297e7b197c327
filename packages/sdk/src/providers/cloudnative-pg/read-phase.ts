import { findCondition } from "../../kubernetes/condition.js";
import type { ClusterPhase } from "../../provisioning/cluster.js";
import type { CnpgCluster } from "./cluster-object.js";

// Source: cloudnative-pg v1.30 api/v1/cluster_types.go, the Phase constants. Its words stay in this folder.

/** The operator waits for a person. Every other phase but the healthy one means that it works. */
const ATTENTION: ReadonlySet<string> = new Set([
  "Waiting for user action",
  "Cluster is unrecoverable and needs manual intervention",
  "Not enough disk space",
  "Unable to create required cluster objects",
  "Invalid cluster definition",
  "Cluster has incomplete or invalid image catalog",
  "Cluster cannot proceed to reconciliation due to an unknown plugin being required",
  "Cluster cannot proceed to reconciliation due to an error while interacting with plugins",
  "Cluster cannot execute instance online upgrade due to missing architecture binary",
]);

/** Whether every instance that was asked for answers, and what the operator reports belongs to the present spec. */
export function isReady({ metadata, spec, status }: CnpgCluster): boolean {
  const ready = findCondition(status?.conditions, "Ready");
  if (ready?.status !== "True" || metadata.deletionTimestamp !== undefined) return false;
  if (metadata.annotations?.["cnpg.io/hibernation"] === "on") return false;
  // The operator reports no observedGeneration for a Cluster; where a condition has one, and in the fields that follow the spec, an
  // older state is told from the present one.
  if (ready.observedGeneration !== undefined && ready.observedGeneration < (metadata.generation ?? 0)) return false;
  if (spec?.imageName !== undefined && status?.image !== undefined && status.image !== spec.imageName) return false;
  return (status?.readyInstances ?? 0) >= (spec?.instances ?? 1);
}

/** To show to people: the operator's phase is prose, names the step and may grow, so an unknown one means "working". */
export function readPhase(cluster: CnpgCluster): ClusterPhase {
  const { metadata, status } = cluster;
  if (metadata.deletionTimestamp !== undefined) return "deleting";
  if (ATTENTION.has(status?.phase ?? "")) return "attention";
  if (isReady(cluster)) return "ready";
  if (status?.phase === undefined || status.phase === "") return "pending";
  return isBootstrapped(cluster) ? "updating" : "provisioning";
}

/** Whether the data directory has been made, ever. `Initialized` came with 1.30; the system identifier shows it on older ones. */
export function isBootstrapped({ status }: CnpgCluster): boolean {
  return findCondition(status?.conditions, "Initialized")?.status === "True" || (status?.systemID ?? "") !== "";
}
