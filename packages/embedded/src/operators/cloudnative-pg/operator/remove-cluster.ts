import { isTenantryError, type Resource, SECRETS, type Transport } from "@tenantry/sdk";
import type { PostgresRuntime } from "../../../postgres/runtime.js";
import { CLUSTERS, type CnpgCluster, FINALIZER, namesOf } from "../cluster-object.js";
import { deleteObject, getObject, ownerUid } from "../objects/owned-object.js";
import { SERVICES } from "../objects/services.js";
import { serverId } from "./cluster-state.js";

export interface ClusterIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * Removes a cluster's server, its data and what was generated for it; what a user made stays. Repeating it after a crash is safe: the
 * finalizer goes last.
 */
export async function removeCluster(
  { transport, runtime }: { readonly transport: Transport; readonly runtime: PostgresRuntime },
  { namespace, name, uid }: ClusterIdentity,
  signal: AbortSignal,
): Promise<void> {
  await runtime.remove(serverId(uid));
  const scope = { transport, namespace, signal };
  const names = namesOf(name);
  const generated: readonly (readonly [Resource, string])[] = [
    ...[names.app, names.superuser, names.authority, names.server, names.replication].map(
      (secret) => [SECRETS, secret] as const,
    ),
    ...[names.readWrite, names.read, names.readOnly].map((service) => [SERVICES, service] as const),
  ];
  await Promise.all(
    generated.map(async ([resource, object]) => {
      const found = await getObject(scope, resource, object);
      if (found !== undefined && ownerUid(found) === uid) await deleteObject(scope, resource, found);
    }),
  );
  await dropFinalizer(scope, { namespace, name, uid });
}

async function dropFinalizer(
  scope: { readonly transport: Transport; readonly namespace: string; readonly signal: AbortSignal },
  { namespace, name, uid }: ClusterIdentity,
): Promise<void> {
  const { transport, signal } = scope;
  for (;;) {
    const cluster = await getObject<CnpgCluster>(scope, CLUSTERS, name);
    const finalizers = cluster?.metadata.finalizers ?? [];
    if (cluster?.metadata.uid !== uid || !finalizers.includes(FINALIZER)) return;
    const { resourceVersion } = cluster.metadata;
    const body = { metadata: { uid, resourceVersion, finalizers: finalizers.filter((one) => one !== FINALIZER) } };
    try {
      await transport.send({ verb: "patch", resource: CLUSTERS, namespace, name, body, signal });
      return;
    } catch (error) {
      if (isTenantryError(error) && error.code === "not_found") return;
      // Somebody changed the object meanwhile: look again.
      if (!isTenantryError(error) || error.code !== "conflict") throw error;
    }
  }
}
