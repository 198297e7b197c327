import { TenantryError } from "../../errors/tenantry-error.js";
import type { Cluster, ClusterSpec } from "../../provisioning/cluster.js";
import type { CnpgCluster } from "./cluster-object.js";
import { isFixedParameter } from "./fixed-parameters.js";
import { REJECT_PLAINTEXT } from "./host-based-authentication.js";
import { isReady, readPhase } from "./read-phase.js";

export function readCluster(cluster: CnpgCluster): Cluster {
  const { metadata, status } = cluster;
  const { namespace, name, uid, resourceVersion } = metadata;
  if (namespace === undefined || name === undefined || uid === undefined || resourceVersion === undefined) {
    throw new TenantryError("internal", "the API server returned a Cluster without its name, uid or resourceVersion");
  }
  const phaseMessage = [status?.phase, status?.phaseReason]
    .filter((text) => text !== undefined && text !== "")
    .join(": ");
  return {
    namespace,
    name,
    uid,
    resourceVersion,
    createdAt: new Date(metadata.creationTimestamp ?? 0),
    deletingSince: metadata.deletionTimestamp === undefined ? undefined : new Date(metadata.deletionTimestamp),
    labels: metadata.labels ?? {},
    spec: readSpec(cluster),
    ready: isReady(cluster),
    phase: readPhase(cluster),
    phaseMessage: phaseMessage === "" ? undefined : phaseMessage,
    readyInstances: status?.readyInstances ?? 0,
    postgresVersion: status?.pgDataImageInfo?.majorVersion ?? majorOfImage(status?.image),
    conditions: status?.conditions ?? [],
  };
}

/**
 * The portable spec back from the native one, fit to be applied again. Parameters hold the operator's defaults too, since its webhook stores
 * them; those that it sets for itself, and no caller may, are left out.
 */
function readSpec({ spec }: CnpgCluster): ClusterSpec {
  const initdb = spec?.bootstrap?.initdb;
  return {
    instances: spec?.instances ?? 1,
    storage: { size: spec?.storage?.size ?? "" },
    postgresVersion: majorOfImage(spec?.imageName),
    parameters: withoutFixed(spec?.postgresql?.parameters ?? {}),
    database: initdb?.database ?? "app",
    owner: initdb?.owner ?? initdb?.database ?? "app",
    hba: (spec?.postgresql?.pg_hba ?? []).filter((line) => line !== REJECT_PLAINTEXT),
    superuserAccess: spec?.enableSuperuserAccess ?? false,
  };
}

function withoutFixed(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !isFixedParameter(name)));
}

/** The major version in an image's tag: 18 for `…/postgresql:18.4-system-trixie`. */
export function majorOfImage(image: string | undefined): number | undefined {
  const major = /:(\d+)(?:[.\-@]|$)/.exec(image ?? "")?.[1];
  return major === undefined ? undefined : Number(major);
}
