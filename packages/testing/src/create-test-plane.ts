import { CLUSTER_CRD, clusterAdmission, createApiServer, createMemoryStore } from "@tenantry/embedded";
import { type KubernetesObject, NAMESPACES, type Resource, type Transport } from "@tenantry/sdk";
import { CUSTOM_RESOURCE_DEFINITIONS } from "./transport-contract/widget.js";

export interface TestPlaneOptions {
  /** Namespaces to make. `team-a` and `team-b` when absent. */
  readonly namespaces?: readonly string[] | undefined;
  /** The time that objects are stamped with. The system's when absent. */
  readonly clock?: (() => Date) | undefined;
}

/** A control plane for tests: the embedded API server, for real, with **no operator**. The test plays the operator's part. */
export interface TestPlane {
  /** Give it to `createTenantry({ transport, ... })`. */
  readonly transport: Transport;
  /** Writes the status of an object, as its operator would. Rejects with `not_found` when the object is not there. */
  setStatus<T extends KubernetesObject>(target: TestPlaneTarget, status: Readonly<Record<string, unknown>>): Promise<T>;
  /** Forgets the past: every watch that has to look back gets `expired`, as after a compaction of etcd. */
  expireHistory(): Promise<void>;
  /** Ends its watches and frees everything. */
  close(): Promise<void>;
}

export interface TestPlaneTarget {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Starts the API server that `tenantry dev` runs on (create, apply, watch, conflicts, validation, admission of CloudNativePG) over
 * memory, in this process, in milliseconds. No socket, no PostgreSQL.
 */
export async function createTestPlane(options: TestPlaneOptions = {}): Promise<TestPlane> {
  const { namespaces = ["team-a", "team-b"], clock } = options;
  const store = createMemoryStore();
  const apiServer = await createApiServer({
    store,
    clock,
    admissions: { "clusters.postgresql.cnpg.io": [clusterAdmission] },
  });
  const { transport } = apiServer;
  await transport.send({ verb: "create", resource: CUSTOM_RESOURCE_DEFINITIONS, body: CLUSTER_CRD });
  for (const name of namespaces) {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    await transport.send({ verb: "create", resource: NAMESPACES, body });
  }
  return {
    transport,
    setStatus: (target, status) =>
      transport.send({ ...target, verb: "patch", subresource: "status", body: { status }, fieldManager: "test-plane" }),
    expireHistory: () => store.compact(store.revision()),
    async close() {
      await apiServer.close();
      await store.close();
    },
  };
}
