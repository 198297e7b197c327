import { TenantryError } from "../errors/tenantry-error.js";
import { startDeadline } from "../kubernetes/deadline.js";
import type { Cluster } from "./cluster.js";
import type { Operation } from "./operation.js";
import type { Operations } from "./operations.js";

/** Ten minutes: an image may have to be pulled and a volume to be made. */
export const DEFAULT_READY_TIMEOUT_MS = 600_000;

export interface ReadyOptions {
  /** Stops the waiting, not the operator. `ready` rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** {@link DEFAULT_READY_TIMEOUT_MS} when absent. */
  readonly timeoutMs?: number | undefined;
}

/** A cluster on its way. Returned as soon as the API server has accepted it. */
export class ClusterHandle {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** As it stood when the object was accepted. */
  readonly operation: Operation;
  readonly #operations: Operations;
  readonly #read: (signal: AbortSignal | undefined) => Promise<Cluster>;

  /** @internal */
  constructor(
    operation: Operation,
    operations: Operations,
    read: (signal: AbortSignal | undefined) => Promise<Cluster>,
  ) {
    this.namespace = operation.target.namespace;
    this.name = operation.target.name;
    this.uid = operation.target.uid;
    this.operation = operation;
    this.#operations = operations;
    this.#read = read;
  }

  /**
   * Waits until every instance answers.
   * @throws TenantryError `deadline_exceeded` after `timeoutMs`; `unavailable` when the operator waits for a person, with its words;
   * `not_found` when the cluster is deleted meanwhile.
   */
  async ready({ signal, timeoutMs = DEFAULT_READY_TIMEOUT_MS }: ReadyOptions = {}): Promise<Cluster> {
    signal?.throwIfAborted();
    let last = this.operation;
    const resource = { kind: "Cluster", namespace: this.namespace, name: this.name };
    const late = () =>
      new TenantryError(
        "deadline_exceeded",
        `cluster "${this.name}" was not ready after ${timeoutMs} ms: ${currentStep(last)}`,
        { resource },
      );
    const deadline = startDeadline(timeoutMs, signal, late);
    try {
      for await (const operation of this.progress({ signal: deadline.signal })) {
        last = operation;
        if (operation.phase === "succeeded") return await this.#read(deadline.signal);
        if (operation.phase === "failed") {
          throw new TenantryError("unavailable", `cluster "${this.name}" needs attention: ${currentStep(operation)}`, {
            reason: "NeedsAttention",
            resource,
          });
        }
      }
      throw deadline.signal.reason;
    } finally {
      deadline.stop();
    }
  }

  /** The operation each time it changes, the present state first. Ends once it has succeeded or failed. */
  progress(
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncIterableIterator<Operation, void, undefined> {
    return this.#operations.follow(this.operation.id, options);
  }
}

function currentStep({ steps }: Operation): string {
  const step = steps.find(({ state }) => state === "failed" || state === "running");
  return step === undefined ? "no step has begun" : `${step.name}: ${step.message}`;
}
