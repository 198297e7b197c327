import type { NamespaceSession } from "../access/session.js";
import type { CallOptions } from "../call-options.js";
import { TenantryError } from "../errors/tenantry-error.js";
import { follow } from "../kubernetes/follow.js";
import { getIfPresent } from "../kubernetes/get-if-present.js";
import type { KubernetesObject } from "../kubernetes/object.js";
import type { ClusterProvider } from "../providers/provider.js";
import type { Transport } from "../transport/transport.js";
import type { Operation, OperationStep } from "./operation.js";
import { type OperationRef, parseOperationId, toOperationId } from "./operation-id.js";

/** Long work in one namespace, read from the objects themselves. */
export class Operations {
  readonly #session: NamespaceSession;
  readonly #provider: ClusterProvider;

  /** @internal */
  constructor(session: NamespaceSession, provider: ClusterProvider) {
    this.#session = session;
    this.#provider = provider;
  }

  /**
   * Needs `clusters:get`.
   * @throws TenantryError `invalid_argument` (no id of ours), `not_found` (a creation whose cluster is gone).
   */
  async get(id: string, { signal }: CallOptions = {}): Promise<Operation> {
    const transport = this.#session.authorize("clusters:get");
    const ref = this.#parse(id);
    return readOperation(
      this.#provider,
      ref,
      await getIfPresent(transport, { resource: this.#provider.resource, name: ref.name, signal }),
    );
  }

  /**
   * The operation each time it changes, the present state first; ends once it has succeeded or failed, or at the caller's abort. Needs
   * `clusters:watch`.
   */
  follow(id: string, { signal }: CallOptions = {}): AsyncIterableIterator<Operation, void, undefined> {
    return this.#session.stream("clusters:watch", signal, (transport, leaving) =>
      this.#follow(this.#parse(id), transport, leaving),
    );
  }

  async *#follow(
    ref: OperationRef,
    transport: Transport,
    signal: AbortSignal,
  ): AsyncGenerator<Operation, void, undefined> {
    let shown = "";
    const fieldSelector = `metadata.name=${ref.name}`;
    for await (const event of follow(transport, this.#provider.resource, { fieldSelector, signal })) {
      const object = event.type === "snapshot" ? event.items[0] : event.type === "DELETED" ? undefined : event.object;
      const operation = readOperation(this.#provider, ref, object);
      const text = JSON.stringify(operation);
      if (text === shown) continue;
      shown = text;
      yield operation;
      if (operation.phase !== "running") return;
    }
  }

  /** An id of another namespace is no id of this one, whatever it names: which namespaces exist is not told. */
  #parse(id: string): OperationRef {
    const ref = parseOperationId(id);
    if (ref.namespace === this.#session.namespace) return ref;
    throw new TenantryError("permission_denied", `the operation is outside namespace "${this.#session.namespace}"`, {
      reason: "Forbidden",
    });
  }
}

/**
 * @param object - the cluster as it is now, or undefined when there is none; one with another uid is another cluster.
 * @throws TenantryError `not_found` for a creation whose cluster is gone.
 */
export function readOperation(
  provider: ClusterProvider,
  ref: OperationRef,
  object: KubernetesObject | undefined,
): Operation {
  const present = object?.metadata.uid === ref.uid ? object : undefined;
  const target = { kind: "Cluster", namespace: ref.namespace, name: ref.name, uid: ref.uid } as const;
  const id = toOperationId(ref);
  if (ref.kind === "delete") {
    const steps = deletionSteps(present !== undefined);
    return {
      id,
      kind: "delete",
      phase: present === undefined ? "succeeded" : "running",
      steps,
      conditions: [],
      target,
    };
  }
  if (present === undefined) {
    throw new TenantryError("not_found", `cluster "${ref.name}" is gone`, {
      reason: "NotFound",
      resource: { kind: "Cluster", namespace: ref.namespace, name: ref.name },
    });
  }
  const { ready, conditions, phase } = provider.readCluster(present);
  return {
    id,
    kind: "create",
    phase: ready ? "succeeded" : phase === "attention" ? "failed" : "running",
    steps: provider.readSteps(present),
    conditions,
    target,
  };
}

function deletionSteps(present: boolean): readonly OperationStep[] {
  return [
    { name: "accepted", state: "done", message: "The API server has marked the cluster for deletion" },
    { name: "removal", state: present ? "running" : "done", message: "The servers, their data and their Secrets" },
  ];
}
