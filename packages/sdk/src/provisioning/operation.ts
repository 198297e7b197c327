import type { Condition } from "../kubernetes/condition.js";

export type OperationKind = "create" | "delete";

/** One thing that has to happen, in the order in which it is shown. */
export interface OperationStep {
  /** Stable word: `accepted`, `certificates`, `bootstrap`, `start`, `ready`. */
  readonly name: string;
  readonly state: "pending" | "running" | "done" | "failed";
  /** For people: what happens now, or what went wrong. */
  readonly message: string;
}

export type OperationPhase = "running" | "succeeded" | "failed";

/**
 * Long work, derived from the object itself: nothing is kept beside it, so any process can answer for any operation and a restart
 * loses none.
 */
export interface Operation {
  /** Opaque; give it back to `operations.get` and `operations.follow`. */
  readonly id: string;
  readonly kind: OperationKind;
  readonly phase: OperationPhase;
  readonly steps: readonly OperationStep[];
  readonly conditions: readonly Condition[];
  readonly target: {
    readonly kind: "Cluster";
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
}
