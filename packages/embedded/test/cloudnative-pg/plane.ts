import {
  EVENTS,
  type KubernetesList,
  type KubernetesObject,
  type Resource,
  SECRETS,
  type Secret,
  type Transport,
  type TransportRequest,
} from "@tenantry/sdk";
import { vi } from "vitest";
import { createApiServer } from "../../src/apiserver/create-api-server.js";
import { clusterAdmission } from "../../src/operators/cloudnative-pg/cluster-admission.js";
import { CLUSTER_CRD } from "../../src/operators/cloudnative-pg/cluster-crd.js";
import { CLUSTERS, type CnpgCluster } from "../../src/operators/cloudnative-pg/cluster-object.js";
import { holdForRemoval } from "../../src/operators/cloudnative-pg/hold-for-removal.js";
import {
  type CloudNativePgOperatorOptions,
  startCloudNativePgOperator,
} from "../../src/operators/cloudnative-pg/start-cloud-native-pg-operator.js";
import { installDefinition } from "../../src/plane/install-definition.js";
import type { PostgresRuntime } from "../../src/postgres/runtime.js";
import { createMemoryStore } from "../../src/store/memory.js";

export const NAMESPACE = "team-a";

/** The real API server on a memory store, with the operator on the runtime given. */
export async function startPlane<R extends PostgresRuntime>(
  runtime: R,
  options: Partial<CloudNativePgOperatorOptions> = {},
) {
  const store = createMemoryStore();
  const apiServer = await createApiServer({
    store,
    admissions: { "clusters.postgresql.cnpg.io": [clusterAdmission, holdForRemoval] },
  });
  const { transport } = apiServer;
  await installDefinition(transport, CLUSTER_CRD);
  await send(transport, "create", {
    resource: { group: "", version: "v1", plural: "namespaces", kind: "Namespace", scope: "Cluster" },
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
  });
  const warnings: object[] = [];
  const start = (overrides: Partial<CloudNativePgOperatorOptions> = {}) =>
    startCloudNativePgOperator({
      transport,
      runtime,
      logger: { warn: (fields) => void warnings.push(fields) },
      ...options,
      ...overrides,
    });
  let operator: { close(): Promise<void> } | undefined = await start();
  return {
    transport,
    runtime,
    warnings,
    async stopOperator() {
      await operator?.close();
      operator = undefined;
    },
    async startOperator(overrides: Partial<CloudNativePgOperatorOptions> = {}) {
      operator = await start(overrides);
    },
    async close() {
      await operator?.close();
      await apiServer.close();
      await store.close();
    },
  };
}

export function send<T>(
  transport: Transport,
  verb: TransportRequest["verb"],
  request: Omit<TransportRequest, "verb">,
): Promise<T> {
  return transport.send<T>({ verb, ...request });
}

export function createCluster(
  transport: Transport,
  name: string,
  spec: object = {},
  metadata: object = {},
): Promise<CnpgCluster> {
  const body = {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name, ...metadata },
    spec: { instances: 1, storage: { size: "1Gi" }, ...spec },
  };
  return send(transport, "create", { resource: CLUSTERS, namespace: NAMESPACE, body });
}

export function patchCluster(transport: Transport, name: string, body: object): Promise<CnpgCluster> {
  return send(transport, "patch", { resource: CLUSTERS, namespace: NAMESPACE, name, body });
}

export function deleteCluster(transport: Transport, name: string): Promise<unknown> {
  return send(transport, "delete", { resource: CLUSTERS, namespace: NAMESPACE, name });
}

/** Watches until the cluster is as wanted; says how it was at last when it never is. */
export async function clusterUntil(
  transport: Transport,
  name: string,
  wanted: (cluster: CnpgCluster | undefined) => boolean,
): Promise<CnpgCluster | undefined> {
  const signal = AbortSignal.timeout(20_000);
  let last: CnpgCluster | undefined;
  try {
    const list = await send<KubernetesList<CnpgCluster>>(transport, "list", {
      resource: CLUSTERS,
      namespace: NAMESPACE,
    });
    last = list.items.find(({ metadata }) => metadata.name === name);
    if (wanted(last)) return last;
    const { resourceVersion } = list.metadata;
    for await (const { type, object } of transport.watch<CnpgCluster>({
      resource: CLUSTERS,
      namespace: NAMESPACE,
      resourceVersion,
      signal,
    })) {
      if (object.metadata.name !== name) continue;
      last = type === "DELETED" ? undefined : object;
      if (wanted(last)) return last;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  throw new Error(`"${name}" stayed ${JSON.stringify(last?.status ?? last)}`);
}

/** Repeats a check until it passes; the time is for a machine that has much else to do. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 });
}

export async function readyCluster(transport: Transport, name: string): Promise<CnpgCluster> {
  const cluster = await clusterUntil(transport, name, (one) => one !== undefined && isReady(one));
  if (cluster === undefined) throw new Error("unreachable");
  return cluster;
}

export function isReady({ metadata, status }: CnpgCluster): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && ready.observedGeneration === metadata.generation;
}

export function secret(transport: Transport, name: string): Promise<Secret> {
  return send(transport, "get", { resource: SECRETS, namespace: NAMESPACE, name });
}

export function text(of: Secret, key: string): string {
  return Buffer.from(of.data?.[key] ?? "", "base64").toString();
}

export async function names(transport: Transport, resource: Resource): Promise<readonly string[]> {
  const list = await send<KubernetesList>(transport, "list", { resource, namespace: NAMESPACE });
  return list.items.map(({ metadata }: KubernetesObject) => metadata.name ?? "").sort();
}

/** What the operator has told in Events. */
export async function eventTexts(transport: Transport): Promise<readonly string[]> {
  type Event = KubernetesObject & { readonly reason: string; readonly message: string };
  const list = await send<KubernetesList<Event>>(transport, "list", { resource: EVENTS, namespace: NAMESPACE });
  return list.items.map(({ reason, message }) => `${reason}: ${message}`);
}
