import { isTenantryError } from "@tenantry/sdk";
import { CLUSTERS, type CnpgCluster } from "../cluster-object.js";
import type { ClusterScope } from "../objects/owned-object.js";
import { type Observation, toStatus } from "./cluster-status.js";
import { mergePatch } from "./merge-patch.js";

/**
 * Writes one cluster's status, in order, one write at a time. An observation that is overtaken while the write before it is under way is
 * skipped, so that reporting never slows the work down.
 */
export class StatusWriter {
  readonly #scope: ClusterScope;
  readonly #now: () => Date;
  readonly #onWritten: (cluster: CnpgCluster) => void;
  #cluster: CnpgCluster;
  #next: Observation | undefined;
  #writing: Promise<void> = Promise.resolve();
  #idle = true;
  #failure: { readonly error: unknown } | undefined;

  constructor(scope: ClusterScope, now: () => Date, onWritten: (cluster: CnpgCluster) => void) {
    this.#scope = scope;
    this.#now = now;
    this.#onWritten = onWritten;
    this.#cluster = scope.cluster;
  }

  report(observation: Observation): void {
    this.#next = observation;
    if (!this.#idle) return;
    this.#idle = false;
    this.#writing = this.#drain();
  }

  /** Waits until the last report is written. Rejects when that one could not be. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #drain(): Promise<void> {
    while (this.#next !== undefined) {
      const observation = this.#next;
      this.#next = undefined;
      try {
        await this.#write(observation);
        this.#failure = undefined;
      } catch (error) {
        this.#failure = { error };
      }
    }
    this.#idle = true;
  }

  async #write(observation: Observation): Promise<void> {
    const { transport, namespace, name, uid, signal } = this.#scope;
    const status = toStatus(this.#cluster, observation, this.#now());
    const change = mergePatch({ ...this.#cluster.status }, { ...status });
    if (change === undefined) return;
    // The uid: a cluster of the same name that came later must not get this one's status.
    const body = { metadata: { uid }, status: change };
    try {
      const request = {
        verb: "patch",
        resource: CLUSTERS,
        namespace,
        name,
        subresource: "status",
        body,
        signal,
      } as const;
      this.#cluster = await transport.send<CnpgCluster>(request);
      this.#onWritten(this.#cluster);
    } catch (error) {
      if (!isTenantryError(error) || (error.code !== "not_found" && error.code !== "conflict")) throw error;
    }
  }
}
