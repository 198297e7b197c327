import type { KubernetesList } from "@tenantry/sdk";
import { CLUSTERS, type CnpgCluster, FINALIZER } from "../cluster-object.js";
import { getObject } from "../objects/owned-object.js";
import type { ClusterCache } from "./cluster-cache.js";
import { type ClusterStates, serverId } from "./cluster-state.js";
import { type ReconcileParts, reconcileCluster } from "./reconcile-cluster.js";
import { removeCluster } from "./remove-cluster.js";

/** Looked at again at least this often, so that a clock that was changed does not let a certificate end. */
const RESYNC_MS = 60 * 60 * 1000;

/**
 * Does what there is to do for one key: `namespace/name` of a cluster, or the id of a server that no cluster is known for.
 *
 * Data are removed on what the API server says of that very object now, never on what was missing in a list.
 * @returns after how many milliseconds to look again although nothing happens.
 */
export async function workOnKey(
  parts: ReconcileParts,
  cache: ClusterCache,
  states: ClusterStates,
  key: string,
): Promise<number | undefined> {
  const { transport, signal } = parts;
  if (!key.includes("/")) {
    await removeOrphan(parts, key);
    return undefined;
  }
  for (const gone of cache.gone(key)) {
    const scope = { transport, namespace: gone.namespace, signal };
    const present = await getObject<CnpgCluster>(scope, CLUSTERS, gone.name);
    if (present?.metadata.uid !== gone.uid) await removeCluster(parts, gone, signal);
    states.forget(gone.uid);
    cache.removed(key, gone.uid);
  }
  const cluster = cache.get(key);
  if (cluster === undefined) return undefined;
  const { namespace = "", name = "", uid = "", deletionTimestamp, finalizers } = cluster.metadata;
  if (deletionTimestamp === undefined) {
    const renewAt = await reconcileCluster(parts, cluster, states.of(uid));
    const dueMs = renewAt === undefined ? RESYNC_MS : renewAt.getTime() - parts.now().getTime();
    return Math.min(RESYNC_MS, Math.max(1000, dueMs));
  }
  if (finalizers?.includes(FINALIZER) !== true) return undefined;
  await removeCluster(parts, { namespace, name, uid }, signal);
  states.forget(uid);
  cache.removed(key, uid);
  return undefined;
}

async function removeOrphan({ transport, runtime, signal }: ReconcileParts, id: string): Promise<void> {
  const list = await transport.send<KubernetesList<CnpgCluster>>({ verb: "list", resource: CLUSTERS, signal });
  if (!list.items.some(({ metadata }) => serverId(metadata.uid ?? "") === id)) await runtime.remove(id);
}
