import type { FieldViolation } from "../errors/tenantry-error.js";
import type { KubernetesObject, Resource, Secret } from "../kubernetes/object.js";
import type { Cluster, ClusterSpec } from "../provisioning/cluster.js";
import type { Connection } from "../provisioning/connection.js";
import type { OperationStep } from "../provisioning/operation.js";

/** How well an operator honours one field of a portable spec. An unsupported one is refused before the first write. */
export type Support = "exact" | "emulated" | "unsupported";

/** One entry a field of {@link ClusterSpec}. Data, so that documentation, types and the run-time check read the same table. */
export type ClusterCapabilities = Readonly<Record<keyof ClusterSpec, Support>>;

/** The part of {@link ClusterSpec} that compiles once the provider is chosen. */
export type SupportedClusterSpec<C extends ClusterCapabilities> = ClusterSpec & {
  readonly [K in keyof ClusterSpec as C[K] extends "unsupported" ? K : never]?: never;
};

/**
 * Adapts one PostgreSQL operator to the primitive "clusters". No I/O: the SDK sends what a provider returns, and hands it what came
 * back. Primitives choose their providers separately, because operators compose.
 */
export interface ClusterProvider<C extends ClusterCapabilities = ClusterCapabilities> {
  readonly name: string;
  readonly capabilities: C;
  /** The kind that stands for one cluster. Its name is the cluster's name. */
  readonly resource: Resource;
  /** The other kinds that {@link toObjects} may make. */
  readonly otherResources: readonly Resource[];
  /** What this operator would refuse in `spec`, found without asking it. Fields are those of {@link ClusterSpec}. */
  problems(spec: ClusterSpec): readonly FieldViolation[];
  /** Objects to write, in order, the cluster's own first. The same spec gives the same objects, so repeating is safe. */
  toObjects(identity: ClusterIdentity, spec: ClusterSpec): readonly [KubernetesObject, ...KubernetesObject[]];
  /** The caller's word for a field of the native object that the API server refused: `spec.storage.size` → `storage.size`. */
  toPortableField(native: string): string;
  /** Never "ready" of an older generation, as far as the operator lets one know. */
  readCluster(object: KubernetesObject): Cluster;
  /** Steps of bringing the cluster to its spec, in their order, whatever has been reached. */
  readSteps(object: KubernetesObject): readonly OperationStep[];
  /** Names of the Secrets that {@link readConnection} and the credentials need. Undefined while the operator has not made them. */
  secretNames(object: KubernetesObject): ConnectionSecretNames | undefined;
  readConnection(object: KubernetesObject, secrets: ConnectionSecrets): Connection;
  /** The owner role's password. */
  readPassword(credentials: Secret): string;
}

export interface ClusterIdentity {
  readonly namespace: string;
  readonly name: string;
  /** To be set on every object. */
  readonly labels: Readonly<Record<string, string>>;
  /** To be set on the cluster's own object. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ConnectionSecretNames {
  readonly credentials: string;
  readonly serverCa: string;
}

export interface ConnectionSecrets {
  readonly credentials: Secret;
  readonly serverCa: Secret;
}
