import {
  ApiException,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  type V1ConfigMap,
  type V1Namespace,
  VersionApi,
  Watch,
} from "@kubernetes/client-node";
import { expect, it, onTestFinished, vi } from "vitest";
import { createApiServer } from "../../src/apiserver/create-api-server.js";
import { formatKubeconfig } from "../../src/plane/kubeconfig.js";
import { createMemoryStore } from "../../src/store/memory.js";
import { serveForTest, TOKEN } from "../https-face/serve-for-test.js";
import { CONFIG_MAPS } from "../support/config-maps.js";
import { widgetDefinition } from "../support/widgets.js";
import { startCutOffProxy } from "./cut-off-proxy.js";

// The official JavaScript client, unmodified, over the network.

async function connect() {
  const api = await createApiServer({ store: createMemoryStore() });
  const face = await serveForTest(api);
  const proxy = await startCutOffProxy(face.port);
  const config = new KubeConfig();
  const url = `https://127.0.0.1:${proxy.port}`;
  config.loadFromString(formatKubeconfig({ url, certificateAuthority: face.certificateAuthority, token: TOKEN }));
  onTestFinished(() => api.close());
  return { config, transport: api.transport, cut: proxy.cut };
}

const CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  ...widgetDefinition({
    schema: {
      openAPIV3Schema: {
        type: "object",
        properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
      },
    },
  }),
};

it("lists, creates, reads, replaces and deletes through the typed API", async () => {
  const { config } = await connect();
  const core = config.makeApiClient(CoreV1Api);
  expect((await core.listNamespace()).items.map(({ metadata }) => metadata?.name)).toContain("default");
  const created = await core.createNamespacedSecret({
    namespace: "default",
    body: { metadata: { name: "s" }, stringData: { password: "x" } },
  });
  expect(created.metadata?.creationTimestamp).toBeInstanceOf(Date);
  expect(created.data).toEqual({ password: "eA==" });
  const replaced = await core.replaceNamespacedSecret({
    name: "s",
    namespace: "default",
    body: { ...created, data: { password: "eQ==" } },
  });
  expect(replaced.data).toEqual({ password: "eQ==" });
  await expect(core.replaceNamespacedSecret({ name: "s", namespace: "default", body: created })).rejects.toMatchObject({
    code: 409,
  });
  expect((await core.listNamespacedSecret({ namespace: "default", limit: 1 })).items).toHaveLength(1);
  await core.deleteNamespacedSecret({ name: "s", namespace: "default" });
  const gone = await core.readNamespacedSecret({ name: "s", namespace: "default" }).catch((error: unknown) => error);
  expect(gone).toBeInstanceOf(ApiException);
  expect(JSON.parse((gone as ApiException<string>).body)).toMatchObject({
    reason: "NotFound",
    message: 'secrets "s" not found',
  });
  expect((await config.makeApiClient(VersionApi).getCode()).gitVersion).toContain("+tenantry");
});

it("handles objects of any kind, found by discovery", async () => {
  const { config } = await connect();
  const objects = KubernetesObjectApi.makeApiClient(config);
  await objects.create(CRD);
  const widget = {
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name: "a", namespace: "default" },
    spec: { size: 1 },
  };
  type Widget = typeof widget & KubernetesObject;
  await objects.create(widget);
  expect(await objects.read<Widget>(widget)).toMatchObject({ spec: { size: 1 } });
  const patch = { ...widget, spec: { size: 2 } };
  await objects.patch(patch, undefined, undefined, "test", undefined, PatchStrategy.MergePatch);
  expect(await objects.read<Widget>(widget)).toMatchObject({ spec: { size: 2 } });
  const applied = { ...widget, spec: { size: 3 } };
  await objects.patch(applied, undefined, undefined, "test", true, PatchStrategy.ServerSideApply);
  expect((await objects.list<Widget>("example.com/v1", "Widget", "default")).items).toMatchObject([
    { spec: { size: 3 } },
  ]);
  const custom = config.makeApiClient(CustomObjectsApi);
  expect(
    await custom.listClusterCustomObject({ group: "example.com", version: "v1", plural: "widgets" }),
  ).toMatchObject({
    kind: "WidgetList",
    items: [{ metadata: { name: "a" } }],
  });
  await objects.delete(widget);
  await expect(objects.read(widget)).rejects.toMatchObject({ code: 404 });
});

it("watches, and is told when the server closes", async () => {
  const { config, transport } = await connect();
  const events: [string, string | undefined][] = [];
  const done = vi.fn();
  await new Watch(config).watch(
    "/api/v1/namespaces",
    { timeoutSeconds: 1, allowWatchBookmarks: true },
    (type: string, object: V1Namespace) => events.push([type, object.metadata?.name]),
    done,
  );
  await transport.send({
    verb: "create",
    resource: { ...CONFIG_MAPS, plural: "namespaces", kind: "Namespace", scope: "Cluster" },
    body: { metadata: { name: "new" } },
  });
  await vi.waitFor(() => expect(events).toContainEqual(["ADDED", "new"]));
  await vi.waitFor(() => expect(done).toHaveBeenCalledWith(null), 5000);
});

it("keeps an informer's store equal to the server's through forced disconnects", async () => {
  const { config, transport, cut } = await connect();
  const core = config.makeApiClient(CoreV1Api);
  const errors: unknown[] = [];
  const informer = makeInformer<V1ConfigMap>(config, "/api/v1/namespaces/default/configmaps", () =>
    core.listNamespacedConfigMap({ namespace: "default" }),
  );
  let stopped = false;
  const start = () => {
    // The documented way to go on after an error.
    if (!stopped) informer.start().catch((error: unknown) => errors.push(error));
  };
  let connects = 0;
  informer.on("connect", () => connects++);
  informer.on("error", () => setTimeout(start, 5));
  onTestFinished(async () => {
    stopped = true;
    await informer.stop();
  });
  start();
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const call = { resource: CONFIG_MAPS, namespace: "default" };
  const held = new Map<string, string>();
  const expectEqualStores = () => {
    const seen = informer.list().map(({ metadata, data }) => [metadata?.name ?? "", data?.value ?? ""] as const);
    expect(new Map(seen)).toEqual(held);
  };
  for (let step = 0; step < 400; step++) {
    const name = `c${random(20)}`;
    const value = String(step);
    if (!held.has(name)) {
      await transport.send({ verb: "create", ...call, body: { metadata: { name }, data: { value } } });
      held.set(name, value);
    } else if (random(3) === 0) {
      await transport.send({ verb: "delete", ...call, name });
      held.delete(name);
    } else {
      await transport.send({ verb: "patch", ...call, name, body: { data: { value } } });
      held.set(name, value);
    }
    if (step % 40 === 0) await vi.waitFor(expectEqualStores, 10_000);
    if (step % 40 === 20) cut();
  }
  await vi.waitFor(expectEqualStores, 10_000);
  expect(errors).toEqual([]);
  expect(connects).toBeGreaterThanOrEqual(10);
});
