import { isDeepStrictEqual } from "node:util";
import type { FollowEvent, KubernetesObject } from "@tenantry/sdk";
import type { CnpgCluster } from "../cluster-object.js";
import type { ClusterIdentity } from "./remove-cluster.js";

/** The clusters as last seen, and those that went. Says which keys there is work for. */
export class ClusterCache {
  readonly #clusters = new Map<string, CnpgCluster>();
  readonly #keys = new Map<string, string>();
  readonly #gone = new Map<string, Map<string, ClusterIdentity>>();

  get(key: string): CnpgCluster | undefined {
    return this.#clusters.get(key);
  }

  keyOfUid(uid: string): string | undefined {
    return this.#keys.get(uid);
  }

  /** Clusters of this key that are gone and have not been cleaned up after. */
  gone(key: string): readonly ClusterIdentity[] {
    return [...(this.#gone.get(key)?.values() ?? [])];
  }

  /** Nothing is left of this one. */
  removed(key: string, uid: string): void {
    this.#gone.get(key)?.delete(uid);
    if (this.#gone.get(key)?.size === 0) this.#gone.delete(key);
    if (this.#clusters.get(key)?.metadata.uid === uid) this.#clusters.delete(key);
    this.#keys.delete(uid);
  }

  /** The answer to a write of our own, which says more than the events that are still on their way. */
  written(cluster: CnpgCluster): void {
    const key = keyOf(cluster);
    if (this.#clusters.get(key)?.metadata.uid === cluster.metadata.uid) this.#clusters.set(key, cluster);
  }

  replace(clusters: readonly CnpgCluster[]): readonly string[] {
    const present = new Set(clusters.map(keyOf));
    const lost = [...this.#clusters.entries()].filter(([key]) => !present.has(key));
    for (const [, cluster] of lost) this.#bury(cluster);
    for (const cluster of clusters) this.#remember(cluster);
    return [...lost.map(([key]) => key), ...present];
  }

  apply(event: Exclude<FollowEvent<CnpgCluster>, { type: "snapshot" }>): readonly string[] {
    const { object } = event;
    const key = keyOf(object);
    if (event.type === "DELETED") {
      // What was removed here already needs no second look.
      if (this.#keys.has(object.metadata.uid ?? "")) this.#bury(object);
      return [key];
    }
    const before = this.#clusters.get(key);
    this.#remember(object);
    return before !== undefined && isSame(before, object) ? [] : [key];
  }

  /** The clusters for which a change of this Secret or Service may matter; what an absent one left behind counts as its own. */
  concerned(object: KubernetesObject, owner: string | undefined, exists: boolean): readonly string[] {
    const { namespace = "", name = "", labels } = object.metadata;
    const keys = [...this.#clusters.values()]
      .filter((cluster) => cluster.metadata.namespace === namespace && refersTo(cluster, name))
      .map(keyOf);
    const label = labels?.["cnpg.io/cluster"];
    if (owner === undefined || label === undefined) return keys;
    const key = `${namespace}/${label}`;
    if (exists && !this.#keys.has(owner)) this.#noteGone(key, { namespace, name: label, uid: owner });
    return [...keys, key];
  }

  #remember(cluster: CnpgCluster): void {
    const key = keyOf(cluster);
    const before = this.#clusters.get(key);
    if (before !== undefined && before.metadata.uid !== cluster.metadata.uid) this.#bury(before);
    this.#clusters.set(key, cluster);
    this.#keys.set(cluster.metadata.uid ?? "", key);
  }

  #bury({ metadata }: CnpgCluster): void {
    const { namespace = "", name = "", uid = "" } = metadata;
    const key = `${namespace}/${name}`;
    if (this.#clusters.get(key)?.metadata.uid === uid) this.#clusters.delete(key);
    this.#keys.delete(uid);
    this.#noteGone(key, { namespace, name, uid });
  }

  #noteGone(key: string, identity: ClusterIdentity): void {
    const gone = this.#gone.get(key) ?? new Map<string, ClusterIdentity>();
    gone.set(identity.uid, identity);
    this.#gone.set(key, gone);
  }
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function refersTo({ spec }: CnpgCluster, secret: string): boolean {
  return spec?.bootstrap?.initdb?.secret?.name === secret || spec?.superuserSecret?.name === secret;
}

/** Whether nothing changed that the operator reads; the status counts, because only the operator may write it. */
function isSame(before: CnpgCluster, after: CnpgCluster): boolean {
  const inputs = ({ spec, status, metadata }: CnpgCluster) => {
    const { uid, labels, annotations, deletionTimestamp, finalizers } = metadata;
    return { spec, status, uid, labels, annotations, deletionTimestamp, finalizers };
  };
  return isDeepStrictEqual(inputs(before), inputs(after));
}
