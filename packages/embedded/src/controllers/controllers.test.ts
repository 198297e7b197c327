import {
  EVENTS,
  isTenantryError,
  type KubernetesList,
  type KubernetesObject,
  NAMESPACES,
  type OwnerReference,
} from "@tenantry/sdk";
import { expect, test, vi } from "vitest";
import { CONFIG_MAPS } from "../../test/support/config-maps.js";
import { useApiServer } from "../../test/support/use-api-server.js";
import { WIDGETS, widgetDefinition } from "../../test/support/widgets.js";
import { createApiServer } from "../apiserver/create-api-server.js";
import { CUSTOM_RESOURCE_DEFINITIONS } from "../apiserver/kinds/custom-resource-definition.js";
import { createMemoryStore } from "../store/memory.js";
import { EVENT_TTL_MS } from "./event-expiry.js";

const DEFINITION = widgetDefinition({ schema: { openAPIV3Schema: { type: "object" } } });

const api = useApiServer();

function create(name: string, metadata: object = {}, namespace = "default"): Promise<KubernetesObject> {
  return api.transport.send({
    verb: "create",
    resource: CONFIG_MAPS,
    namespace,
    body: { metadata: { name, ...metadata } },
  });
}
const ownedBy = ({ kind, apiVersion, metadata }: KubernetesObject, extra: Partial<OwnerReference> = {}) => ({
  ownerReferences: [{ kind, apiVersion, name: metadata.name ?? "", uid: metadata.uid ?? "", ...extra }],
});
const remove = (name: string, propagationPolicy = "Background") =>
  api.transport.send({
    verb: "delete",
    resource: CONFIG_MAPS,
    namespace: "default",
    name,
    body: { propagationPolicy },
  });
async function find(name: string, resource = CONFIG_MAPS, namespace: string | undefined = "default") {
  try {
    return await api.transport.send<KubernetesObject>({
      verb: "get",
      resource,
      namespace: resource.scope === "Cluster" ? undefined : namespace,
      name,
    });
  } catch (error) {
    if (isTenantryError(error) && error.code === "not_found") return undefined;
    throw error;
  }
}
const untilGone = (name: string, resource = CONFIG_MAPS) =>
  vi.waitFor(async () => expect(await find(name, resource)).toBeUndefined());
/** Whatever the collector had to do about earlier writes is done once it has dealt with this one. */
async function settled(): Promise<void> {
  const probe = await create("probe-owner");
  await create("probe", ownedBy(probe));
  await remove("probe-owner");
  await untilGone("probe");
}

test("dependents go after their owner, and theirs after them", async () => {
  const a = await create("a");
  const b = await create("b", ownedBy(a));
  await create("c", ownedBy(b));
  await remove("a");
  await untilGone("c");
  expect(await find("b")).toBeUndefined();
});

test("a dependent with another owner survives and forgets the one that is gone", async () => {
  const [a, b] = [await create("a"), await create("b")];
  await create("c", { ownerReferences: [...ownedBy(a).ownerReferences, ...ownedBy(b).ownerReferences] });
  await remove("a");
  await vi.waitFor(async () => expect((await find("c"))?.metadata.ownerReferences).toEqual(ownedBy(b).ownerReferences));
});

test("ownership is by uid: a new object of the same name owns nothing of the old one's", async () => {
  const a = await create("a");
  await remove("a");
  await create("a");
  await create("b", ownedBy(a));
  await untilGone("b");
});

test("an owner in another namespace counts as absent, one of an unknown kind as present", async () => {
  await api.transport.send({ verb: "create", resource: NAMESPACES, body: { metadata: { name: "other" } } });
  const far = await create("far", {}, "other");
  await create("b", ownedBy(far));
  await create("c", { ownerReferences: [{ apiVersion: "no.such/v1", kind: "Thing", name: "x", uid: "x" }] });
  await untilGone("b");
  await settled();
  expect(await find("c")).toBeDefined();
});

test("foreground: the owner waits for the dependents that block it", async () => {
  const a = await create("a");
  await create("b", { ...ownedBy(a, { blockOwnerDeletion: true }), finalizers: ["example.com/hold"] });
  await remove("a", "Foreground");
  await vi.waitFor(async () => expect((await find("b"))?.metadata.deletionTimestamp).toBeDefined());
  expect((await find("a"))?.metadata.finalizers).toEqual(["foregroundDeletion"]);
  await api.transport.send({
    verb: "patch",
    resource: CONFIG_MAPS,
    namespace: "default",
    name: "b",
    body: { metadata: { finalizers: null } },
  });
  await untilGone("a");
});

test("orphan: dependents stay and forget their owner", async () => {
  const a = await create("a");
  await create("b", ownedBy(a));
  await remove("a", "Orphan");
  await untilGone("a");
  await settled();
  const b = await find("b");
  expect(b).toBeDefined();
  expect(b?.metadata.ownerReferences).toBeUndefined();
});

test("owners in a circle neither hang nor vanish", async () => {
  const a = await create("a");
  const b = await create("b", ownedBy(a));
  await api.transport.send({
    verb: "patch",
    resource: CONFIG_MAPS,
    namespace: "default",
    name: "a",
    body: { metadata: ownedBy(b) },
  });
  await settled();
  expect(await find("a")).toBeDefined();
  expect(await find("b")).toBeDefined();
});

test("a namespace takes its content along, and takes nothing new while it goes", async () => {
  await api.transport.send({ verb: "create", resource: NAMESPACES, body: { metadata: { name: "team" } } });
  await create("held", { finalizers: ["example.com/hold"] }, "team");
  await create("plain", {}, "team");
  const going = await api.transport.send<KubernetesObject & { status: object }>({
    verb: "delete",
    resource: NAMESPACES,
    name: "team",
  });
  expect(going).toMatchObject({ status: { phase: "Terminating" }, spec: { finalizers: ["kubernetes"] } });
  const refused = create("new", {}, "team");
  await expect(refused).rejects.toMatchObject({
    code: "permission_denied",
    reason: "Forbidden",
    violations: [{ field: "metadata.namespace", reason: "NamespaceTerminating" }],
  });
  await expect(refused).rejects.toThrow(
    'configmaps "new" is forbidden: unable to create new content in namespace team because it is being terminated',
  );
  await vi.waitFor(async () => {
    const { status } = (await find("team", NAMESPACES)) as unknown as {
      status: { conditions?: { type: string; status: string }[] };
    };
    expect(status.conditions?.filter((one) => one.status === "True").map((one) => one.type)).toEqual([
      "NamespaceContentRemaining",
      "NamespaceFinalizersRemaining",
    ]);
  });
  expect(await find("plain", CONFIG_MAPS, "team")).toBeUndefined();
  await api.transport.send({
    verb: "patch",
    resource: CONFIG_MAPS,
    namespace: "team",
    name: "held",
    body: { metadata: { finalizers: null } },
  });
  await untilGone("team", NAMESPACES);
  const { items } = await api.transport.send<KubernetesList>({
    verb: "list",
    resource: CONFIG_MAPS,
    namespace: "team",
  });
  expect(items).toEqual([]);
});

test("system namespaces exist and may not be deleted", async () => {
  const { items } = await api.transport.send<KubernetesList>({ verb: "list", resource: NAMESPACES });
  expect(items.map(({ metadata }) => metadata.name)).toEqual([
    "default",
    "kube-node-lease",
    "kube-public",
    "kube-system",
  ]);
  await expect(api.transport.send({ verb: "delete", resource: NAMESPACES, name: "default" })).rejects.toThrow(
    'namespaces "default" is forbidden: this namespace may not be deleted',
  );
});

test("a definition takes its objects along, and a held one holds it", async () => {
  await api.transport.send({ verb: "create", resource: CUSTOM_RESOURCE_DEFINITIONS, body: DEFINITION });
  const body = (name: string, finalizers: string[] = []) => ({
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name, finalizers },
  });
  const widgets = { resource: WIDGETS, namespace: "default" };
  await api.transport.send({ verb: "create", ...widgets, body: body("plain") });
  await api.transport.send({ verb: "create", ...widgets, body: body("held", ["example.com/hold"]) });
  await api.transport.send({ verb: "delete", resource: CUSTOM_RESOURCE_DEFINITIONS, name: "widgets.example.com" });
  await expect(api.transport.send({ verb: "create", ...widgets, body: body("new") })).rejects.toThrow(
    "create not allowed while custom resource definition is terminating",
  );
  await vi.waitFor(async () => expect((await find("held", WIDGETS))?.metadata.deletionTimestamp).toBeDefined());
  expect(await find("widgets.example.com", CUSTOM_RESOURCE_DEFINITIONS)).toBeDefined();
  await api.transport.send({ verb: "patch", ...widgets, name: "held", body: { metadata: { finalizers: null } } });
  await untilGone("widgets.example.com", CUSTOM_RESOURCE_DEFINITIONS);
  await expect(api.transport.send({ verb: "list", ...widgets })).rejects.toThrow(
    "the server could not find the requested resource",
  );
});

test("events go an hour after their last write, when the next one comes", async () => {
  let now = new Date("2026-01-01T00:00:00Z");
  const timed = await createApiServer({ store: createMemoryStore(), clock: () => now });
  const emit = (name: string) =>
    timed.transport.send({
      verb: "create",
      resource: EVENTS,
      namespace: "default",
      body: {
        metadata: { name },
        involvedObject: { kind: "ConfigMap", name: "a", namespace: "default" },
        reason: "Test",
      },
    });
  const names = async () => {
    const { items } = await timed.transport.send<KubernetesList>({
      verb: "list",
      resource: EVENTS,
      namespace: "default",
    });
    return items.map(({ metadata }) => metadata.name);
  };
  await emit("old");
  now = new Date(now.getTime() + EVENT_TTL_MS / 2);
  await emit("young");
  now = new Date(now.getTime() + EVENT_TTL_MS / 2);
  await emit("new");
  await vi.waitFor(async () => expect(await names()).toEqual(["new", "young"]));
  await timed.close();
});

test("switched off, nothing runs by itself", async () => {
  const alone = await createApiServer({
    store: createMemoryStore(),
    controllers: { garbageCollector: false, namespaces: false, definitions: false },
  });
  const a = await alone.transport.send<KubernetesObject>({
    verb: "create",
    resource: CONFIG_MAPS,
    namespace: "default",
    body: { metadata: { name: "a" } },
  });
  await alone.transport.send({
    verb: "delete",
    resource: CONFIG_MAPS,
    namespace: "default",
    name: "a",
    body: { propagationPolicy: "Foreground" },
  });
  const waiting = await alone.transport.send<KubernetesObject>({
    verb: "get",
    resource: CONFIG_MAPS,
    namespace: "default",
    name: "a",
  });
  expect(waiting.metadata).toMatchObject({ uid: a.metadata.uid, finalizers: ["foregroundDeletion"] });
  await alone.close();
});
