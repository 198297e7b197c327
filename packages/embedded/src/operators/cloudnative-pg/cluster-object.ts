import type { Condition, KubernetesObject, Resource } from "@tenantry/sdk";

// Source: cloudnative-pg v1.30.0 api/v1/cluster_types.go. Only what is read or written here.

export const CLUSTERS: Resource = {
  group: "postgresql.cnpg.io",
  version: "v1",
  plural: "clusters",
  kind: "Cluster",
  scope: "Namespaced",
};

/** Keeps a deleted Cluster until its server and data are gone. Set by admission, so that no cluster is ever without it. */
export const FINALIZER = "embedded.tenantry.dev/postgresql";

export interface CnpgCluster extends KubernetesObject {
  readonly spec?: CnpgClusterSpec | undefined;
  readonly status?: CnpgClusterStatus | undefined;
}

export interface CnpgClusterSpec {
  readonly instances?: number | undefined;
  readonly imageName?: string | undefined;
  readonly storage?: CnpgStorage | undefined;
  readonly bootstrap?: { readonly initdb?: CnpgInitdb | undefined } | undefined;
  readonly postgresql?: CnpgPostgresql | undefined;
  readonly enableSuperuserAccess?: boolean | undefined;
  readonly superuserSecret?: { readonly name: string } | undefined;
  readonly certificates?: { readonly serverAltDNSNames?: readonly string[] | undefined } | undefined;
  readonly managed?:
    | { readonly services?: { readonly disabledDefaultServices?: readonly string[] | undefined } | undefined }
    | undefined;
  readonly inheritedMetadata?: InheritedMetadata | undefined;
  readonly minSyncReplicas?: number | undefined;
  readonly maxSyncReplicas?: number | undefined;
  readonly primaryUpdateStrategy?: string | undefined;
  readonly replicationSlots?: Readonly<Record<string, unknown>> | undefined;
  readonly affinity?: Readonly<Record<string, unknown>> | undefined;
}

export interface CnpgStorage {
  readonly size?: string | undefined;
  readonly pvcTemplate?: { readonly resources?: { readonly requests?: { readonly storage?: string } } } | undefined;
}

export interface CnpgInitdb {
  readonly database?: string | undefined;
  readonly owner?: string | undefined;
  readonly secret?: { readonly name: string } | undefined;
  readonly encoding?: string | undefined;
  readonly localeCollate?: string | undefined;
  readonly localeCType?: string | undefined;
}

export interface CnpgPostgresql {
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly pg_hba?: readonly string[] | undefined;
  readonly shared_preload_libraries?: readonly string[] | undefined;
}

export interface InheritedMetadata {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export interface CnpgClusterStatus {
  readonly phase?: string | undefined;
  readonly phaseReason?: string | undefined;
  readonly conditions?: readonly Condition[] | undefined;
  readonly instances?: number | undefined;
  readonly readyInstances?: number | undefined;
  readonly instanceNames?: readonly string[] | undefined;
  readonly instancesStatus?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly latestGeneratedNode?: number | undefined;
  readonly currentPrimary?: string | undefined;
  readonly currentPrimaryTimestamp?: string | undefined;
  readonly targetPrimary?: string | undefined;
  readonly targetPrimaryTimestamp?: string | undefined;
  readonly timelineID?: number | undefined;
  readonly systemID?: string | undefined;
  readonly image?: string | undefined;
  readonly pgDataImageInfo?: { readonly image: string; readonly majorVersion: number } | undefined;
  readonly writeService?: string | undefined;
  readonly readService?: string | undefined;
  readonly selector?: string | undefined;
  readonly healthyPVC?: readonly string[] | undefined;
  readonly certificates?: CnpgCertificatesStatus | undefined;
  readonly secretsResourceVersion?: Readonly<Record<string, string>> | undefined;
}

export interface CnpgCertificatesStatus {
  readonly serverCASecret: string;
  readonly serverTLSSecret: string;
  readonly clientCASecret: string;
  readonly replicationTLSSecret: string;
  readonly serverAltDNSNames?: readonly string[] | undefined;
  readonly expirations: Readonly<Record<string, string>>;
}

/** The Secrets and Services of one cluster. Source: cloudnative-pg v1.30.0 api/v1/cluster_funcs.go. */
export function namesOf(cluster: string) {
  return {
    instance: `${cluster}-1`,
    app: `${cluster}-app`,
    superuser: `${cluster}-superuser`,
    authority: `${cluster}-ca`,
    server: `${cluster}-server`,
    replication: `${cluster}-replication`,
    readWrite: `${cluster}-rw`,
    readOnly: `${cluster}-ro`,
    read: `${cluster}-r`,
  };
}
