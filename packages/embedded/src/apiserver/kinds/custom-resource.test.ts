import type { KubernetesObject, Resource, TenantryError } from "@tenantry/sdk";
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
const patch = (body: object, extra: object = {}) =>
  server.transport.send<Widget>({ verb: "patch", resource: WIDGETS, namespace: "default", name: "w", body, ...extra });
async function causes(call: Promise<unknown>): Promise<string[]> {
  const error: TenantryError = await call.then(
    () => Promise.reject(new Error("it was accepted")),
    (failure) => failure,
  );
  return error.violations.map(({ field, message }) => `${field}: ${message}`);
}

describe("a custom resource", () => {
  beforeEach(async () => {
    await define(definition());
  });

  test("gets defaults where its parents are, and loses what its schema does not know", async () => {
    const warnings: string[] = [];
    const body = widget({ size: 1, foo: 1, free: { x: { y: 1 } }, map: { a: {} }, note: null, port: "http" });
    const made = await server.transport.send<Widget>({
      verb: "create",
      resource: WIDGETS,
      namespace: "default",
      body,
      onWarning: (one) => warnings.push(one),
    });
    expect(made.spec).toEqual({
      size: 1,
      max: 10,
      kind: "plain",
      free: { x: { y: 1 } },
      map: { a: { on: true } },
      note: null,
      port: "http",
    });
    expect(warnings).toEqual(['unknown field "spec.foo"']);
    expect(
      await server.transport.send<Widget>({ verb: "get", resource: WIDGETS, namespace: "default", name: "w" }),
    ).toEqual(made);
  });

  test("is refused with every violation at once", async () => {
    const wrong = { size: "x", kind: "odd", list: [{ name: "a" }, { name: "a" }, {}], code: "aaaaaaa", port: true };
    expect(await causes(create(wrong))).toEqual([
      'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
      'spec.kind: Unsupported value: "odd": supported values: "plain", "fancy"',
      "spec.list: Too many: 3: must have at most 2 items",
      "spec.list[2].name: Required value",
      'spec.list[1]: Duplicate value: {"name":"a"}',
      "spec.code: Too long: may not be more than 5 bytes",
      'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
      "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
    ]);
  });

  test.each([
    [{ size: 0 }, "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"],
    [{}, "spec.size: Required value"],
    [{ size: 1, code: "b" }, "spec.code: Invalid value: \"b\": spec.code in body should match '^(?i:a+)$'"],
    [{ size: 1, code: "" }, 'spec.code: Invalid value: "": spec.code in body should be at least 1 chars long'],
    [{ size: 2 ** 31 }, 'spec.size in body must be of type int32: "integer"'],
    [
      { size: 1, either: {} },
      'spec.either: Invalid value: "": "spec.either" must validate one and only one schema (oneOf). Found none valid',
    ],
    [
      { size: 1, list: [{ name: "a", when: "soon" }] },
      'spec.list[0].when: Invalid value: "soon": spec.list[0].when in body must be of type date-time: "soon"',
    ],
    [{ size: 11 }, "spec: Invalid value: size must not exceed max"],
    [null, "spec"],
  ])("%j is refused", async (spec, expected) => {
    if (spec === null) expect((await create(spec as unknown as object)).spec).toBeUndefined();
    else expect((await causes(create(spec))).join("\n")).toContain(expected);
  });

  test("obeys rules about change only when it changes", async () => {
    await create({ size: 1 });
    expect(await causes(patch({ spec: { kind: "fancy" } }))).toEqual(["spec: Invalid value: kind is fixed"]);
    expect((await patch({ spec: { size: 2 } })).spec).toMatchObject({ size: 2 });
  });

  test("counts generations of its spec, keeps status apart and needs a resourceVersion to be replaced", async () => {
    const made = await create({ size: 1 }, { status: { phase: "Mine" } });
    expect(made.metadata.generation).toBe(1);
    expect(made.status).toBeUndefined();
    expect((await patch({ status: { phase: "x" }, metadata: { labels: { a: "b" } } })).metadata.generation).toBe(1);
    const reported = await patch(
      { status: { phase: "Ready" }, spec: { size: 9 }, metadata: { labels: { a: "c" } } },
      { subresource: "status" },
    );
    expect(reported).toMatchObject({
      status: { phase: "Ready" },
      spec: { size: 1 },
      metadata: { generation: 1, labels: { a: "b" } },
    });
    expect(await causes(patch({ status: { n: "x" } }, { subresource: "status" }))).toEqual([
      'status.n: Invalid value: "string": status.n in body must be of type integer: "string"',
    ]);
    const changed = await patch({ spec: { size: 2 } });
    expect(changed).toMatchObject({ status: { phase: "Ready" }, metadata: { generation: 2 } });
    const update = {
      verb: "update",
      resource: WIDGETS,
      namespace: "default",
      name: "w",
      body: widget({ size: 3 }),
    } as const;
    await expect(server.transport.send(update)).rejects.toThrow(
      'widgets.example.com "w" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  test("can be selected by the fields that its definition names, and by no strategic patch", async () => {
    await create({ size: 1, kind: "fancy" });
    const list = (fieldSelector: string) =>
      server.transport.send<{ items: unknown[] }>({
        verb: "list",
        resource: WIDGETS,
        namespace: "default",
        fieldSelector,
      });
    expect((await list("spec.kind=fancy")).items).toHaveLength(1);
    expect((await list("spec.kind=plain")).items).toHaveLength(0);
    await expect(patch({}, { patchType: "strategic" })).rejects.toMatchObject({
      code: "invalid_argument",
      reason: "UnsupportedMediaType",
    });
  });

  test("passes through its operator's admission: defaults first, then a verdict", async () => {
    admissions["widgets.example.com"] = [
      {
        mutate: ({ object }) => ({ ...object, metadata: { ...object.metadata, labels: { mutated: "yes" } } }),
        validate: ({ object, oldObject }) => ({
          causes:
            (object as Widget).spec.size === 7
              ? [{ reason: "FieldValueInvalid", field: "spec.size", message: "Invalid value: 7: bad luck" }]
              : [],
          warnings: oldObject === undefined ? ["be careful"] : [],
        }),
      },
    ];
    await server.transport.send({
      verb: "patch",
      resource: CUSTOM_RESOURCE_DEFINITIONS,
      name: "widgets.example.com",
      body: { metadata: { labels: { a: "b" } } },
    });
    await expect(create({ size: 7 })).rejects.toThrow(
      'Widget.example.com "w" is invalid: spec.size: Invalid value: 7: bad luck',
    );
    const warnings: string[] = [];
    const made = await server.transport.send<Widget>({
      verb: "create",
      resource: WIDGETS,
      namespace: "default",
      body: widget({ size: 1 }),
      onWarning: (one) => warnings.push(one),
    });
    expect(made.metadata.labels).toEqual({ mutated: "yes" });
    expect(warnings).toEqual(["be careful"]);
  });
});
