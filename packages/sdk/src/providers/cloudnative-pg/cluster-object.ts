import type { Condition } from "../../kubernetes/condition.js";
import type { KubernetesObject, Resource } from "../../kubernetes/object.js";

// Source: cloudnative-pg v1.30 api/v1/cluster_types.go. Typed to what we read and write.

export const CNPG_CLUSTERS: Resource = {
  group: "postgresql.cnpg.io",
  version: "v1",
  plural: "clusters",
  kind: "Cluster",
  scope: "Namespaced",
};

export interface CnpgCluster extends KubernetesObject {
  readonly spec?: CnpgClusterSpec | undefined;
  readonly status?: CnpgClusterStatus | undefined;
}

export interface CnpgClusterSpec {
  readonly instances?: number | undefined;
  readonly imageName?: string | undefined;
  readonly storage?: { readonly size?: string | undefined } | undefined;
  readonly enableSuperuserAccess?: boolean | undefined;
  readonly bootstrap?:
    | {
        readonly initdb?:
          | {
              readonly database?: string | undefined;
              readonly owner?: string | undefined;
              readonly secret?: { readonly name?: string | undefined } | undefined;
            }
          | undefined;
      }
    | undefined;
  readonly postgresql?:
    | {
        readonly parameters?: Readonly<Record<string, string>> | undefined;
        readonly pg_hba?: readonly string[] | undefined;
      }
    | undefined;
}

export interface CnpgClusterStatus {
  readonly conditions?: readonly Condition[] | undefined;
  readonly phase?: string | undefined;
  readonly phaseReason?: string | undefined;
  readonly instances?: number | undefined;
  readonly readyInstances?: number | undefined;
  readonly image?: string | undefined;
  readonly systemID?: string | undefined;
  readonly pgDataImageInfo?: { readonly majorVersion?: number | undefined } | undefined;
  readonly certificates?:
    | { readonly serverCASecret?: string | undefined; readonly serverTLSSecret?: string | undefined }
    | undefined;
}
