import type { KubernetesObject, Transport } from "@tenantry/sdk";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { CONFIG_MAPS, type ConfigMap } from "../../../test/support/config-maps.js";
import { failure } from "../../../test/support/failure.js";
import { useApiServer } from "../../../test/support/use-api-server.js";
import { WIDGETS, widgetDefinition } from "../../../test/support/widgets.js";
import { createMemoryStore } from "../../store/memory.js";
import { createApiServer } from "../create-api-server.js";
import { CUSTOM_RESOURCE_DEFINITIONS } from "../kinds/custom-resource-definition.js";

interface Widget extends KubernetesObject {
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

const text = { type: "string" };
const SPEC = {
  type: "object",
  properties: {
    size: { type: "integer", default: 3 },
    color: text,
    args: { type: "array", items: text },
    tags: { type: "array", items: text, "x-kubernetes-list-type": "set" },
    ports: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: { type: "object", required: ["name"], properties: { name: text, port: { type: "integer" } } },
    },
  },
};
const DEFINITION = widgetDefinition({
  subresources: { status: {} },
  schema: {
    openAPIV3Schema: {
      type: "object",
      properties: { spec: SPEC, status: { type: "object", properties: { phase: text } } },
    },
  },
});

const api = useApiServer();
beforeEach(async () => {
  await api.transport.send({ verb: "create", resource: CUSTOM_RESOURCE_DEFINITIONS, body: DEFINITION });
});

function applyMap(
  fieldManager: string,
  data: Record<string, string>,
  force = false,
  transport: Transport = api.transport,
): Promise<ConfigMap> {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data };
  return transport.send({
    verb: "apply",
    resource: CONFIG_MAPS,
    namespace: "default",
    name: "a",
    body,
    fieldManager,
    force,
  });
}

function applyWidgetBody(fieldManager: string, body: object, extra: object = {}): Promise<Widget> {
  return api.transport.send({
    verb: "apply",
    resource: WIDGETS,
    namespace: "default",
    name: "w",
    body: { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, ...body },
    fieldManager,
    ...extra,
  });
}
const applyWidget = (fieldManager: string, spec: object) => applyWidgetBody(fieldManager, { spec });

function ownersOf({ metadata }: KubernetesObject): Record<string, unknown> {
  return Object.fromEntries(
    (metadata.managedFields ?? []).map((entry) => [`${entry.manager} ${entry.operation}`, entry.fieldsV1]),
  );
}

describe("server-side apply", () => {
  test("creates, records its fields, and a repetition changes nothing", async () => {
    const created = await applyMap("a", { k: "1" });
    expect(ownersOf(created)).toEqual({ "a Apply": { "f:data": { "f:k": {} } } });
    const again = await applyMap("a", { k: "1" });
    expect(again).toEqual(created);
  });

  test("removes what it applied before and omits now", async () => {
    await applyMap("a", { k: "1", l: "2" });
    const after = await applyMap("a", { l: "2" });
    expect(after.data).toEqual({ l: "2" });
  });

  test("refuses to change another manager's field, with Kubernetes' words, unless forced", async () => {
    await applyMap("other", { k: "1" });
    const error = await failure(applyMap("a", { k: "2" }));
    expect(error).toMatchObject({
      code: "conflict",
      reason: "Conflict",
      violations: [{ field: ".data.k", message: 'conflict with "other"', reason: "FieldManagerConflict" }],
    });
    expect(error.message).toBe('[conflict] Apply failed with 1 conflict: conflict with "other": .data.k');
    const forced = await applyMap("a", { k: "2" }, true);
    expect(forced.data).toEqual({ k: "2" });
    expect(ownersOf(forced)).toEqual({ "a Apply": { "f:data": { "f:k": {} } } });
  });

  test("names every conflict when there are several", async () => {
    await applyMap("other", { k: "1", l: "1" });
    const error = await failure(applyMap("a", { k: "2", l: "2" }));
    expect(error.message).toBe(
      '[conflict] Apply failed with 2 conflicts: conflicts with "other":\n- .data.k\n- .data.l',
    );
  });

  test("names the apiVersion of a manager that updated", async () => {
    const body = { metadata: { name: "a" }, data: { k: "1" } };
    await api.transport.send({ verb: "create", resource: CONFIG_MAPS, namespace: "default", body, fieldManager: "ed" });
    const error = await failure(applyMap("a", { k: "2" }));
    expect(error.message).toMatch(/conflict with "ed" using v1: \.data\.k$/);
  });

  test("shares a field that another manager holds at the same value, and only drops its share", async () => {
    await applyMap("other", { k: "1" });
    const shared = await applyMap("a", { k: "1", l: "1" });
    expect(Object.keys(ownersOf(shared))).toEqual(["a Apply", "other Apply"]);
    const dropped = await applyMap("a", { l: "1" });
    expect(dropped.data).toEqual({ k: "1", l: "1" });
  });

  test("follows the schema: keyed lists by item, sets by value, other lists as a whole", async () => {
    await applyWidget("a", { ports: [{ name: "x", port: 1 }], tags: ["red"], args: ["1"] });
    const both = await applyWidget("b", { ports: [{ name: "y", port: 2 }], tags: ["blue"] });
    expect(both.spec).toEqual({
      size: 3,
      args: ["1"],
      ports: [
        { name: "x", port: 1 },
        { name: "y", port: 2 },
      ],
      tags: ["red", "blue"],
    });
    expect((await failure(applyWidget("b", { args: ["2"] }))).message).toContain('conflict with "a": .spec.args');
    expect((await failure(applyWidget("b", { ports: [{ name: "x", port: 9 }] }))).message).toContain(
      'conflict with "a": .spec.ports[name="x"].port',
    );
    const left = await applyWidget("a", { tags: ["red"] });
    expect(left.spec).toEqual({ size: 3, ports: [{ name: "y", port: 2 }], tags: ["red", "blue"] });
  });

  test("does not own defaults, nor status", async () => {
    const created = await applyWidgetBody("a", { spec: { color: "red" }, status: { phase: "x" } });
    expect(created).toMatchObject({ spec: { color: "red", size: 3 } });
    expect(created.status).toBeUndefined();
    expect(ownersOf(created)).toEqual({ "a Apply": { "f:spec": { "f:color": {} } } });
    expect((await applyWidget("b", { size: 5 })).spec).toEqual({ color: "red", size: 5 });
  });

  test("writes status through its subresource alone, as an entry of its own", async () => {
    await applyWidget("a", { color: "red" });
    const body = {
      metadata: { name: "w", labels: { x: "y" } },
      spec: { color: "blue" },
      status: { phase: "Ready" },
    };
    const after = await applyWidgetBody("a", body, { subresource: "status" });
    expect(after).toMatchObject({ spec: { color: "red" }, status: { phase: "Ready" }, metadata: { generation: 1 } });
    expect(after.metadata.labels).toBeUndefined();
    expect(after.metadata.managedFields?.map((entry) => entry.subresource)).toContain("status");
  });

  test("refuses wrong requests", async () => {
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
    const call = { verb: "apply", resource: CONFIG_MAPS, namespace: "default", name: "a" } as const;
    expect((await failure(api.transport.send({ ...call, body }))).message).toBe(
      '[invalid_argument] PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
    const managed = { ...body, metadata: { name: "a", managedFields: [{ manager: "x" }] } };
    expect((await failure(api.transport.send({ ...call, fieldManager: "a", body: managed }))).message).toContain(
      "metadata.managedFields must be nil",
    );
    expect(
      (await failure(api.transport.send({ ...call, fieldManager: "a", body: { ...body, apiVersion: "v2" } }))).message,
    ).toContain("invalid object type: /v2, Kind=ConfigMap");
    expect((await failure(applyWidget("a", { nonsense: 1 }))).message).toContain(
      "failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.nonsense: field not declared in schema",
    );
    expect((await failure(applyWidget("a", { ports: [{ name: "x" }, { name: "x" }] }))).message).toContain(
      '.spec.ports: duplicate entries for key [name="x"]',
    );
  });

  test("an update takes fields over from who applied them", async () => {
    await applyMap("a", { k: "1", l: "1" });
    const patched = await api.transport.send<ConfigMap>({
      verb: "patch",
      resource: CONFIG_MAPS,
      namespace: "default",
      name: "a",
      body: { data: { k: "2" } },
      fieldManager: "ed",
    });
    expect(ownersOf(patched)).toEqual({
      "a Apply": { "f:data": { "f:l": {} } },
      "ed Update": { "f:data": { "f:k": {} } },
    });
  });

  test("applying twice is applying once, whatever was there", async () => {
    const data = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2"));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom("x", "y"), data), { maxLength: 6 }),
        data,
        async (before, last) => {
          const server = await createApiServer({ store: createMemoryStore() });
          const force = (manager: string, one: Record<string, string>) =>
            applyMap(manager, one, true, server.transport);
          for (const [manager, one] of before) await force(manager, one);
          const once = await force("x", last);
          expect(once.data ?? {}).toMatchObject(last);
          expect(await force("x", last)).toEqual(once);
          await server.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
