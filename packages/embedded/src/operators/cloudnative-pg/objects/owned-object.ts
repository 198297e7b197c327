import {
  isTenantryError,
  type KubernetesObject,
  type OwnerReference,
  type Resource,
  type Transport,
} from "@tenantry/sdk";
import { CLUSTERS, type CnpgCluster } from "../cluster-object.js";

/** The present cluster and the way to the objects that belong to it. */
export interface ClusterScope {
  readonly transport: Transport;
  readonly cluster: CnpgCluster;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly signal: AbortSignal;
}

export async function getObject<T extends KubernetesObject>(
  { transport, namespace, signal }: Pick<ClusterScope, "transport" | "namespace" | "signal">,
  resource: Resource,
  name: string,
): Promise<T | undefined> {
  try {
    return await transport.send<T>({ verb: "get", resource, namespace, name, signal });
  } catch (error) {
    if (isTenantryError(error) && error.code === "not_found") return undefined;
    throw error;
  }
}

/** The uid of the Cluster that made the object; undefined for one that somebody else made. */
export function ownerUid({ metadata }: KubernetesObject): string | undefined {
  return metadata.ownerReferences?.find(
    (owner) => owner.kind === CLUSTERS.kind && owner.apiVersion.startsWith(`${CLUSTERS.group}/`),
  )?.uid;
}

/**
 * The object of this name, unless an earlier cluster of the same name left it: that one is deleted, so that nobody gets the credentials
 * or the certificates of a cluster that is gone.
 */
export async function findCurrent<T extends KubernetesObject>(
  scope: ClusterScope,
  resource: Resource,
  name: string,
): Promise<T | undefined> {
  const found = await getObject<T>(scope, resource, name);
  const owner = found === undefined ? undefined : ownerUid(found);
  if (found === undefined || owner === undefined || owner === scope.uid) return found;
  await deleteObject(scope, resource, found);
  return undefined;
}

export async function createOwned<T extends KubernetesObject>(
  { transport, cluster, namespace, name, uid, signal }: ClusterScope,
  resource: Resource,
  object: Omit<T, "apiVersion" | "kind">,
): Promise<T> {
  const { labels, annotations } = cluster.spec?.inheritedMetadata ?? {};
  const owner: OwnerReference = {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: CLUSTERS.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const metadata = {
    ...object.metadata,
    namespace,
    labels: { ...labels, "cnpg.io/cluster": name, ...object.metadata.labels },
    ...(annotations === undefined ? {} : { annotations }),
    ownerReferences: [owner],
  };
  const body = { apiVersion: "v1", kind: resource.kind, ...object, metadata };
  return transport.send<T>({ verb: "create", resource, namespace, body, signal });
}

/** Deletes this object and no later one of its name. Fine when it is gone already. */
export async function deleteObject(
  { transport, namespace, signal }: Pick<ClusterScope, "transport" | "namespace" | "signal">,
  resource: Resource,
  { metadata }: KubernetesObject,
): Promise<void> {
  const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: metadata.uid } };
  try {
    await transport.send({ verb: "delete", resource, namespace, name: metadata.name, body, signal });
  } catch (error) {
    if (!isTenantryError(error) || (error.code !== "not_found" && error.code !== "conflict")) throw error;
  }
}
