import assert from "node:assert/strict";
import { isTenantryError, type KubernetesList, type Resource, type WatchEvent } from "@tenantry/sdk";
import { type ContractSpace, type TransportCase, transportCase, withCode } from "./transport-case.js";
import { type Widget, withWidgets } from "./widget.js";

/** Kinds that a CustomResourceDefinition brings: schema, status subresource, generation. */
export const customResourceCases: readonly TransportCase[] = [
  widgetCase(
    "serves a custom resource: fills in defaults, drops what its schema does not name, lists it with its kind",
    async (space, widgets) => {
      const created = await create(space, widgets, { size: 1, nonsense: true });
      assert.deepEqual(created.spec, { size: 1, color: "red" });
      const page = await space.transport.send<KubernetesList>({
        verb: "list",
        resource: widgets,
        namespace: space.namespace,
      });
      assert.equal(page.kind, "WidgetList");
      assert.deepEqual(
        page.items.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`),
        [`${widgets.group}/v1 Widget`],
      );
    },
  ),
  widgetCase("names each field of a custom resource that its schema refuses", async (space, widgets) => {
    await assert.rejects(create(space, widgets, { size: 11, color: 5 }), (error) => {
      assert.ok(isTenantryError(error));
      assert.equal(error.code, "invalid_argument");
      const fields = error.violations.map(({ field }) => field);
      assert.ok(fields.includes("spec.size") || fields.includes("spec.color"), `fields: ${fields}`);
      return true;
    });
    await assert.rejects(create(space, widgets, {}), withCode("invalid_argument"));
  }),
  widgetCase("keeps spec and status apart, and counts generations of the spec alone", async (space, widgets) => {
    const at = { resource: widgets, namespace: space.namespace, name: "a" };
    const created = await create(space, widgets, { size: 1 }, { ready: true });
    assert.equal(created.status, undefined);
    assert.equal(created.metadata.generation, 1);
    const body = { ...created, spec: { size: 9 }, status: { ready: true } };
    const reported = await space.transport.send<Widget>({ verb: "update", ...at, subresource: "status", body });
    assert.deepEqual(reported.status, { ready: true });
    assert.equal(reported.spec.size, 1);
    assert.equal(reported.metadata.generation, 1);
    const change = { ...reported, spec: { size: 2 }, status: { ready: false } };
    const changed = await space.transport.send<Widget>({ verb: "update", ...at, body: change });
    assert.deepEqual(changed.status, { ready: true });
    assert.equal(changed.spec.size, 2);
    assert.equal(changed.metadata.generation, 2);
    const patch = { spec: { size: 5 }, status: { ready: false } };
    const patched = await space.transport.send<Widget>({ verb: "patch", ...at, subresource: "status", body: patch });
    assert.deepEqual([patched.spec.size, patched.status, patched.metadata.generation], [2, { ready: false }, 2]);
  }),
  widgetCase("refuses an update of a custom resource that names no version", async (space, widgets) => {
    const {
      metadata: { resourceVersion: _, ...metadata },
      ...created
    } = await create(space, widgets, { size: 1 });
    const at = { resource: widgets, namespace: space.namespace, name: "a" };
    await assert.rejects(
      space.transport.send({ verb: "update", ...at, body: { ...created, metadata } }),
      withCode("invalid_argument"),
    );
  }),
  widgetCase("refuses a strategic patch of a custom resource", async (space, widgets) => {
    await create(space, widgets, { size: 1 });
    const request = {
      verb: "patch",
      patchType: "strategic",
      resource: widgets,
      namespace: space.namespace,
      name: "a",
    } as const;
    await assert.rejects(
      space.transport.send({ ...request, body: { spec: { size: 2 } } }),
      withCode("invalid_argument"),
    );
  }),
  widgetCase("applies and watches a custom resource", async (space, widgets) => {
    const at = { resource: widgets, namespace: space.namespace, name: "a" };
    const page = await space.transport.send<KubernetesList>({
      verb: "list",
      resource: widgets,
      namespace: space.namespace,
    });
    const apply = (size: number) => {
      const body = { apiVersion: `${widgets.group}/v1`, kind: "Widget", metadata: { name: "a" }, spec: { size } };
      return space.transport.send<Widget>({ verb: "apply", ...at, fieldManager: "one", body });
    };
    await apply(1);
    await apply(2);
    await apply(2);
    await space.transport.send({ verb: "delete", ...at });
    const { resourceVersion } = page.metadata;
    const seen: WatchEvent<Widget>[] = [];
    const request = {
      resource: widgets,
      namespace: space.namespace,
      resourceVersion,
      signal: AbortSignal.timeout(10_000),
    };
    for await (const event of space.transport.watch<Widget>(request)) {
      seen.push(event);
      if (event.type === "DELETED") break;
    }
    assert.deepEqual(
      seen.map(({ type, object }) => `${type} ${object.spec.size}`),
      ["ADDED 1", "MODIFIED 2", "DELETED 2"],
    );
  }),
];

function widgetCase(name: string, run: (space: ContractSpace, widgets: Resource) => Promise<void>): TransportCase {
  return transportCase(name, (space) => withWidgets(space.transport, (widgets) => run(space, widgets)));
}

function create(
  { transport, namespace }: ContractSpace,
  widgets: Resource,
  spec: object,
  status?: object,
): Promise<Widget> {
  const body = { apiVersion: `${widgets.group}/v1`, kind: "Widget", metadata: { name: "a" }, spec, status };
  return transport.send({ verb: "create", resource: widgets, namespace, body });
}
