import {
  createTenantry,
  type KubernetesObject,
  NAMESPACES,
  type Resource,
  SECRETS,
  type Tenantry,
  type Transport,
  type WatchRequest,
} from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { createApiServer } from "../../../embedded/src/apiserver/create-api-server.js";
import { clusterAdmission } from "../../../embedded/src/operators/cloudnative-pg/cluster-admission.js";
import { CLUSTER_CRD } from "../../../embedded/src/operators/cloudnative-pg/cluster-crd.js";
import { createMemoryStore } from "../../../embedded/src/store/memory.js";

const CRDS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  scope: "Cluster",
};
const CLUSTERS: Resource = cloudNativePg().resource;

/** The real SDK over the real API server in process; the operator is played by the test, step by step. */
export interface ControlPlane {
  readonly tenantry: Tenantry;
  readonly transport: Transport;
  /** How many calls have reached the API server. */
  readonly calls: () => number;
  /** Watches that are open now. */
  readonly openWatches: () => number;
  /** Makes every open watch fail with `error`. */
  breakWatches(error: Error): Promise<void>;
  /** What the operator reports while it makes the first server. */
  reportProvisioning(namespace: string, name: string): Promise<void>;
  /** Everything that the operator writes for a cluster that answers. */
  reportReady(namespace: string, name: string): Promise<void>;
  close(): Promise<void>;
}

export const PASSWORD = "CANARY-5f0c9d8e";
export const CA_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

export async function createControlPlane(): Promise<ControlPlane> {
  const store = createMemoryStore();
  const server = await createApiServer({ store, admissions: { "clusters.postgresql.cnpg.io": [clusterAdmission] } });
  const direct = server.transport;
  await direct.send({ verb: "create", resource: CRDS, body: CLUSTER_CRD });
  for (const name of ["team-a", "team-b"]) {
    await direct.send({
      verb: "create",
      resource: NAMESPACES,
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    });
  }
  let calls = 0;
  let openWatches = 0;
  const broken = new Set<AbortController>();
  const counted: Transport = {
    send: (request) => {
      calls += 1;
      return direct.send(request);
    },
    async *watch<T extends KubernetesObject>(request: WatchRequest) {
      calls += 1;
      openWatches += 1;
      const breaking = new AbortController();
      broken.add(breaking);
      try {
        yield* direct.watch<T>({
          ...request,
          signal: AbortSignal.any([breaking.signal, ...(request.signal ? [request.signal] : [])]),
        });
        breaking.signal.throwIfAborted();
      } finally {
        broken.delete(breaking);
        openWatches -= 1;
      }
    },
  };
  const setStatus = (namespace: string, name: string, status: object) =>
    direct.send({ verb: "patch", resource: CLUSTERS, namespace, name, subresource: "status", body: { status } });
  const createSecret = (namespace: string, name: string, stringData: Record<string, string>) =>
    direct.send<KubernetesObject>({
      verb: "create",
      resource: SECRETS,
      namespace,
      body: { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData },
    });

  return {
    tenantry: createTenantry({ transport: counted, providers: { clusters: cloudNativePg() } }),
    transport: direct,
    calls: () => calls,
    openWatches: () => openWatches,
    async breakWatches(error) {
      for (const breaking of broken) breaking.abort(error);
    },
    async reportProvisioning(namespace, name) {
      await setStatus(namespace, name, { phase: "Setting up primary", instances: 1, readyInstances: 0 });
    },
    async reportReady(namespace, name) {
      await createSecret(namespace, `${name}-app`, {
        username: "app",
        dbname: "app",
        host: `${name}-rw`,
        port: "5432",
        password: PASSWORD,
      });
      await createSecret(namespace, `${name}-ca`, { "ca.crt": CA_CERTIFICATE });
      await setStatus(namespace, name, {
        phase: "Cluster in healthy state",
        instances: 1,
        readyInstances: 1,
        currentPrimary: `${name}-1`,
        certificates: { serverCASecret: `${name}-ca` },
        conditions: [
          {
            type: "Ready",
            status: "True",
            reason: "ClusterIsReady",
            message: "Cluster is Ready",
            lastTransitionTime: "2026-01-01T00:00:00Z",
          },
        ],
      });
    },
    async close() {
      await server.close();
      await store.close();
    },
  };
}
