import type { Credentials } from "./gateway-client.js";
import { Witness } from "./witness.js";

/** What the run knows of one cluster, from the answers it got. */
export interface ModelCluster {
  readonly name: string;
  readonly idempotencyKey: string;
  /**
   * `created`: createCluster was acknowledged, so it must be there. `creating`, `deleting`: the answer never came, so both outcomes are
   * right until the mutation has been repeated. `deleted`: deleteCluster was acknowledged, so it must go.
   */
  state: "creating" | "created" | "deleting" | "deleted";
  /** As revealed when it first became ready. They must work for as long as it lives. */
  credentials: Credentials | undefined;
  readonly witness: Witness;
}

export function createModelCluster(name: string): ModelCluster {
  return { name, idempotencyKey: `crash-${name}`, state: "creating", credentials: undefined, witness: new Witness() };
}
