import { type Cluster, type ClusterEvent, pause } from "@tenantry/sdk";
import { stepOf } from "./steps.js";

const POLL_MS = 20;

/**
 * Follows the clusters and holds the stream to its promise: within one stretch each change of a cluster is told once, in order, and
 * none is left out; a new snapshot may be ahead of what was known, never behind it.
 */
export class Witness {
  readonly name: string;
  readonly #known = new Map<string, Cluster>();
  readonly #faults: string[] = [];
  readonly #done: Promise<void>;
  /**
   * Real changes in which nothing but the time in `managedFields` is new: kube-apiserver 1.34 was seen to write such when an apply is
   * repeated after its answer was lost.
   */
  writtenAgain = 0;
  snapshots = 0;
  events = 0;

  constructor(name: string, stream: AsyncIterable<ClusterEvent>) {
    this.name = name;
    this.#done = this.#watch(stream);
    this.#done.catch(() => undefined);
  }

  /** Resolves when it knows just what `clusters` holds. @throws when the stream ended, or told something that it must not. */
  async knows(clusters: readonly Cluster[], signal: AbortSignal): Promise<void> {
    while (!this.#agreesWith(clusters)) {
      this.#throwFaults();
      const hasEnded = await Promise.race([
        pause(POLL_MS, signal).then(
          () => false,
          () => this.#late(clusters),
        ),
        this.#done.then(() => true),
      ]);
      // Nothing more will come, and to go on looking would leave no turn to the timer that ends the waiting.
      if (hasEnded && !this.#agreesWith(clusters)) {
        this.#throwFaults();
        this.#late(clusters);
      }
    }
    this.#throwFaults();
  }

  /** Resolves when the stream ended, which an abort of the follower brings about. */
  async ended(): Promise<void> {
    await this.#done;
  }

  async #watch(stream: AsyncIterable<ClusterEvent>): Promise<void> {
    for await (const event of stream) {
      if (event.type === "snapshot") this.#takeSnapshot(event.items);
      else this.#takeEvent(event.type, event.cluster);
    }
  }

  #takeSnapshot(items: readonly Cluster[]): void {
    this.snapshots++;
    for (const item of items) {
      const before = this.#known.get(item.uid);
      if (before !== undefined && stepOf(item) < stepOf(before)) this.#fault("went back in a snapshot", item, before);
    }
    this.#known.clear();
    for (const item of items) this.#known.set(item.uid, item);
  }

  #takeEvent(type: "added" | "modified" | "deleted", cluster: Cluster): void {
    this.events++;
    const before = this.#known.get(cluster.uid);
    if (type === "added" && before !== undefined) this.#fault("was added twice", cluster, before);
    if (type !== "added" && before === undefined) this.#fault(`was ${type} and never added`, cluster, before);
    if (type === "modified" && before !== undefined) {
      const advance = stepOf(cluster) - stepOf(before);
      if (advance > 1) this.#fault("misses steps", cluster, before);
      if (advance < 0 || cluster.resourceVersion === before.resourceVersion) {
        this.#fault("was told a step again", cluster, before);
      }
      if (advance === 0) this.writtenAgain++;
    }
    if (type === "deleted") this.#known.delete(cluster.uid);
    else this.#known.set(cluster.uid, cluster);
  }

  #agreesWith(clusters: readonly Cluster[]): boolean {
    return (
      this.snapshots > 0 &&
      clusters.length === this.#known.size &&
      clusters.every(({ uid, resourceVersion }) => this.#known.get(uid)?.resourceVersion === resourceVersion)
    );
  }

  #fault(what: string, after: Cluster, before: Cluster | undefined): void {
    const at = (cluster: Cluster) => `step ${stepOf(cluster)} (resourceVersion ${cluster.resourceVersion})`;
    const from = before === undefined ? "" : ` after ${at(before)}`;
    this.#faults.push(`${this.name}: cluster ${after.name} ${what}: ${at(after)}${from}`);
  }

  #throwFaults(): void {
    if (this.#faults.length > 0) throw new Error(this.#faults.join("\n"));
  }

  #late(clusters: readonly Cluster[]): never {
    const of = (list: Iterable<Cluster>) =>
      [...list].map((cluster) => `${cluster.name} at step ${stepOf(cluster)}`).join(", ");
    throw new Error(`${this.name} did not catch up: it knows ${of(this.#known.values())}; there is ${of(clusters)}`);
  }
}
