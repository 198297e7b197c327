import type { ClusterSpec } from "../../provisioning/cluster.js";
import type { ClusterIdentity } from "../provider.js";
import { CNPG_CLUSTERS, type CnpgCluster } from "./cluster-object.js";
import { REJECT_PLAINTEXT } from "./host-based-authentication.js";

/** One `Cluster` with the fields that we own and no other: the operator's webhook fills in dozens, and they stay its own. */
export function toClusterObject(
  { namespace, name, labels, annotations }: ClusterIdentity,
  spec: ClusterSpec,
  imageRepository: string,
): CnpgCluster {
  const database = spec.database ?? "app";
  return {
    apiVersion: `${CNPG_CLUSTERS.group}/${CNPG_CLUSTERS.version}`,
    kind: CNPG_CLUSTERS.kind,
    metadata: { namespace, name, labels, annotations },
    spec: {
      instances: spec.instances ?? 1,
      ...(spec.postgresVersion === undefined ? {} : { imageName: `${imageRepository}:${spec.postgresVersion}` }),
      storage: { size: spec.storage.size },
      ...(spec.superuserAccess === undefined ? {} : { enableSuperuserAccess: spec.superuserAccess }),
      bootstrap: { initdb: { database, owner: spec.owner ?? database } },
      postgresql: {
        ...(spec.parameters === undefined ? {} : { parameters: spec.parameters }),
        pg_hba: [REJECT_PLAINTEXT, ...(spec.hba ?? [])],
      },
    },
  };
}

/** Where a field of the native object comes from, so that a refusal of the API server names what the caller wrote. */
const FIELDS: readonly (readonly [native: string, portable: string])[] = [
  ["spec.storage.size", "storage.size"],
  ["spec.storage", "storage"],
  ["spec.instances", "instances"],
  ["spec.imageName", "postgresVersion"],
  ["spec.enableSuperuserAccess", "superuserAccess"],
  ["spec.bootstrap.initdb.database", "database"],
  ["spec.bootstrap.initdb.owner", "owner"],
  ["spec.postgresql.parameters", "parameters"],
  ["spec.postgresql.pg_hba", "hba"],
  ["metadata.name", "name"],
];

/** `spec.postgresql.parameters.ssl` → `parameters.ssl`. A field that the caller has no word for stays as it is. */
export function toPortableField(native: string): string {
  for (const [prefix, portable] of FIELDS) {
    if (native === prefix || native.startsWith(`${prefix}.`) || native.startsWith(`${prefix}[`)) {
      return shiftIndex(portable, native.slice(prefix.length));
    }
  }
  return native;
}

/** Our own line stands first in `pg_hba`, so the caller's lines are one further down there. */
function shiftIndex(portable: string, rest: string): string {
  if (portable !== "hba") return portable + rest;
  return portable + rest.replace(/^\[(\d+)\]/, (_, index: string) => `[${Math.max(Number(index) - 1, 0)}]`);
}
