import type { CnpgCluster, CnpgClusterSpec, CnpgInitdb } from "./cluster-object.js";
import { DEFAULT_PARAMETERS } from "./postgresql/fixed-parameters.js";
import { DEFAULT_IMAGE } from "./postgresql/image.js";

/**
 * What the mutating webhook writes into the stored spec where it is absent. Left out: the parameters that say how the operator's
 * containers log and archive, and the ConfigMap with monitoring queries, because neither is true here.
 * Source: cloudnative-pg v1.30.0 api/v1/cluster_defaults.go.
 */
export function defaultCluster(cluster: CnpgCluster, old: CnpgCluster | undefined): CnpgCluster {
  const spec = cluster.spec ?? {};
  // A value of the wrong type is left as it is for the schema to refuse; defaulting it would hide what the caller wrote.
  if (!isDefaultable(spec)) return cluster;
  const bootstrap = spec.bootstrap ?? old?.spec?.bootstrap ?? {};
  const defaulted: CnpgClusterSpec = {
    ...spec,
    imageName: spec.imageName ?? DEFAULT_IMAGE,
    // Another way to bootstrap is refused by validation, and shall be refused alone.
    bootstrap: Object.keys(bootstrap).some((method) => method !== "initdb")
      ? bootstrap
      : { ...bootstrap, initdb: defaultInitdb(bootstrap.initdb) },
    postgresql: { ...spec.postgresql, parameters: { ...DEFAULT_PARAMETERS, ...spec.postgresql?.parameters } },
    affinity: { podAntiAffinityType: "preferred", ...spec.affinity },
    replicationSlots: defaultSlots(spec.replicationSlots),
  };
  return { ...cluster, spec: defaulted };
}

function defaultInitdb(initdb: CnpgInitdb = {}): CnpgInitdb {
  const database = initdb.database || "app";
  return {
    ...initdb,
    database,
    owner: initdb.owner || database,
    encoding: initdb.encoding || "UTF8",
    localeCollate: initdb.localeCollate || "C",
    localeCType: initdb.localeCType || "C",
  };
}

function defaultSlots(slots: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const highAvailability = { enabled: true, slotPrefix: "_cnpg_", ...(slots.highAvailability as object | undefined) };
  return { ...slots, highAvailability, synchronizeReplicas: slots.synchronizeReplicas ?? { enabled: true } };
}

function isDefaultable(spec: CnpgClusterSpec): boolean {
  const { bootstrap, postgresql, affinity, replicationSlots } = spec;
  return [spec, bootstrap, bootstrap?.initdb, postgresql, postgresql?.parameters, affinity, replicationSlots].every(
    (value: unknown) => value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value)),
  );
}
