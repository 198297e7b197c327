import type { Condition, KubernetesObject, Resource, TenantryError } from "@tenantry/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryStore } from "../../store/memory.js";
import type { Admission } from "../admission.js";
import type { ApiServer } from "../api-server.js";
import { createApiServer } from "../create-api-server.js";
import { CUSTOM_RESOURCE_DEFINITIONS } from "./custom-resource-definition.js";

const WIDGETS: Resource = {
  group: "example.com",
  version: "v1",
  plural: "widgets",
  kind: "Widget",
  scope: "Namespaced",
};
interface Widget extends KubernetesObject {
  readonly spec: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

const text = { type: "string" };
const SPEC = {
  type: "object",
  required: ["size"],
  "x-kubernetes-validations": [
    { rule: "self.size <= self.max", message: "size must not exceed max" },
    { rule: "self.kind == oldSelf.kind", message: "kind is fixed" },
  ],
  properties: {
    size: { type: "integer", minimum: 1, format: "int32" },
    max: { type: "integer", default: 10 },
    kind: { type: "string", default: "plain", enum: ["plain", "fancy"] },
    code: { type: "string", pattern: "^(?i:a+)$", maxLength: 5, minLength: 1 },
    note: { type: "string", nullable: true, default: "none" },
    port: { "x-kubernetes-int-or-string": true },
    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    map: {
      type: "object",
      additionalProperties: { type: "object", properties: { on: { type: "boolean", default: true } } },
    },
    list: {
      type: "array",
      maxItems: 2,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: {
        type: "object",
        required: ["name"],
        properties: { name: text, when: { type: "string", format: "date-time" } },
      },
    },
    either: { type: "object", properties: { a: text, b: text }, oneOf: [{ required: ["a"] }, { required: ["b"] }] },
  },
};

function definition(spec: object = SPEC, version: object = {}, extra: object = {}) {
  return {
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget", shortNames: ["wd"] },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: { spec, status: { type: "object", properties: { phase: text, n: { type: "integer" } } } },
            },
          },
          additionalPrinterColumns: [
            { name: "Size", type: "integer", jsonPath: ".spec.size" },
            { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          ],
          selectableFields: [{ jsonPath: ".spec.kind" }],
          ...version,
        },
      ],
      ...extra,
    },
  };
}

let server: ApiServer;
const admissions: Record<string, Admission[]> = {};
beforeEach(async () => {
  for (const key of Object.keys(admissions)) delete admissions[key];
  server = await createApiServer({ store: createMemoryStore(), admissions });
});
afterEach(() => server.close());

const define = (body: object) =>
  server.transport.send<KubernetesObject>({ verb: "create", resource: CUSTOM_RESOURCE_DEFINITIONS, body });
const widget = (spec: object, name = "w", extra: object = {}) => ({
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name },
  spec,
  ...extra,
});
const create = (spec: object, extra: object = {}) =>
  server.transport.send<Widget>({
    verb: "create",
    resource: WIDGETS,
    namespace: "default",
    body: widget(spec, "w", extra),
  });
const _patch = (body: object, extra: object = {}) =>
  server.transport.send<Widget>({ verb: "patch", resource: WIDGETS, namespace: "default", name: "w", body, ...extra });
async function causes(call: Promise<unknown>): Promise<string[]> {
  const error: TenantryError = await call.then(
    () => Promise.reject(new Error("it was accepted")),
    (failure) => failure,
  );
  return error.violations.map(({ field, message }) => `${field}: ${message}`);
}

describe("a definition", () => {
  test("is established and served at once, with its names, columns and subresources", async () => {
    const made = (await define(definition())) as KubernetesObject & { status: { conditions: Condition[] } };
    expect(made).toMatchObject({
      metadata: { generation: 1 },
      status: { storedVersions: ["v1"], acceptedNames: { singular: "widget", listKind: "WidgetList" } },
    });
    expect(made.status.conditions.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ["NamesAccepted", "True", "NoConflicts"],
      ["Established", "True", "InitialNamesAccepted"],
    ]);
    const served = server.find("example.com", "v1", "widgets");
    expect(served).toMatchObject({
      singular: "widget",
      shortNames: ["wd"],
      subresources: ["status"],
      hasGeneration: true,
    });
    const object = { ...widget({ size: 4 }), status: { conditions: [{ type: "Ready", status: "True" }] } };
    expect(served?.columns.map(({ name, value }) => [name, value(object, new Date())])).toEqual([
      ["Name", "w"],
      ["Size", 4],
      ["Ready", "True"],
    ]);
  });

  test("survives a restart of the server on the same store", async () => {
    const store = createMemoryStore();
    const first = await createApiServer({ store });
    await first.transport.send({ verb: "create", resource: CUSTOM_RESOURCE_DEFINITIONS, body: definition() });
    await first.close();
    const second = await createApiServer({ store });
    expect(second.find("example.com", "v1", "widgets")).toBeDefined();
    await second.close();
  });

  test.each([
    [
      "a name that is not plural and group",
      { ...definition(), metadata: { name: "x" } },
      'metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group',
    ],
    [
      "two storage versions",
      definition(
        SPEC,
        {},
        { versions: [...definition().spec.versions, { ...definition().spec.versions[0], name: "v2" }] },
      ),
      'spec.versions: Invalid value: ["v1","v2"]: must have exactly one version marked as storage version',
    ],
    [
      "no schema",
      definition(SPEC, { schema: undefined }),
      "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required",
    ],
    [
      "a group without a dot",
      { ...definition(SPEC, {}, { group: "x" }), metadata: { name: "widgets.x" } },
      'spec.group: Invalid value: "x": should be a domain with at least one dot',
    ],
    [
      "a field without a type",
      definition({ type: "object", properties: { a: {} } }),
      "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields",
    ],
    [
      "a default that its own schema refuses",
      definition({ type: "object", properties: { a: { type: "integer", default: "x" } } }),
      "must be of type integer",
    ],
    [
      "a keyed list without keys",
      definition({
        type: "object",
        properties: { a: { type: "array", "x-kubernetes-list-type": "map", items: { type: "object" } } },
      }),
      "must not be empty if x-kubernetes-list-type is map",
    ],
    [
      "a rule that is no CEL",
      definition({ type: "object", "x-kubernetes-validations": [{ rule: "self ==" }] }),
      "compilation failed",
    ],
    [
      "a column of an unknown type",
      definition(SPEC, { additionalPrinterColumns: [{ name: "x", type: "y", jsonPath: ".a" }] }),
      'Invalid value: "y": must be one of boolean,date,integer,number,string',
    ],
    ["a keyword of the wrong type", definition({ type: "object", required: "a" }), "has the wrong type"],
  ])("with %s is refused", async (_, body, expected) => {
    expect((await causes(define(body))).join("\n")).toContain(expected);
  });

  test("keeps what objects depend on", async () => {
    await define(definition());
    const change = (body: object) =>
      server.transport.send({
        verb: "patch",
        resource: CUSTOM_RESOURCE_DEFINITIONS,
        name: "widgets.example.com",
        body,
      });
    expect(await causes(change({ spec: { scope: "Cluster" } }))).toContain(
      'spec.scope: Invalid value: "Cluster": field is immutable',
    );
    expect(
      (await causes(change({ spec: { versions: [{ ...definition().spec.versions[0], name: "v2" }] } }))).join(),
    ).toContain("v1 was previously a storage version");
  });

  test("that takes another's name is not served", async () => {
    await define(definition());
    const second = {
      ...definition(SPEC, {}, { names: { plural: "wadgets", kind: "Wadget", shortNames: ["wd"] } }),
      metadata: { name: "wadgets.example.com" },
    };
    const made = (await define(second)) as KubernetesObject & { status: { conditions: Condition[] } };
    expect(made.status.conditions).toMatchObject([
      { type: "NamesAccepted", status: "False", reason: "ShortNamesConflict", message: '"wd" is already in use' },
      { status: "False" },
    ]);
    expect(server.find("example.com", "v1", "wadgets")).toBeUndefined();
  });

  test("that changes is obeyed at once, also when old objects are read", async () => {
    await define(definition());
    await create({ size: 1, code: "a" });
    const { code: _, ...properties } = SPEC.properties;
    const spec = { ...SPEC, properties: { ...properties, added: { type: "string", default: "new" } } };
    await server.transport.send({
      verb: "patch",
      resource: CUSTOM_RESOURCE_DEFINITIONS,
      name: "widgets.example.com",
      body: { spec: { versions: definition(spec).spec.versions } },
    });
    const read = await server.transport.send<Widget>({
      verb: "get",
      resource: WIDGETS,
      namespace: "default",
      name: "w",
    });
    expect(read.spec).toEqual({ size: 1, max: 10, kind: "plain", note: "none", added: "new" });
  });

  test("with several versions serves each object in all of them", async () => {
    const [v1] = definition().spec.versions;
    await define(definition(SPEC, {}, { versions: [v1, { ...v1, name: "v2", storage: false }] }));
    const made = await create({ size: 1 });
    const read = await server.transport.send<Widget>({
      verb: "get",
      resource: { ...WIDGETS, version: "v2" },
      namespace: "default",
      name: "w",
    });
    expect(read).toEqual({ ...made, apiVersion: "example.com/v2" });
  });
});
