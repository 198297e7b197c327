import { beforeEach, describe, expect, test } from "vitest";
import { causes } from "../../../test/support/failure.js";
import { useApiServer } from "../../../test/support/use-api-server.js";
import { definition, type Widget, widget, widgetCalls } from "../../../test/support/validated-widgets.js";
import { WIDGETS } from "../../../test/support/widgets.js";
import { CUSTOM_RESOURCE_DEFINITIONS } from "./custom-resource-definition.js";

const api = useApiServer();
const { define, create, patch } = widgetCalls(api);

describe("a custom resource", () => {
  beforeEach(async () => {
    await define(definition());
  });

  test("gets defaults where its parents are, and loses what its schema does not know", async () => {
    const warnings: string[] = [];
    const body = widget({ size: 1, foo: 1, free: { x: { y: 1 } }, map: { a: {} }, note: null, port: "http" });
    const made = await api.transport.send<Widget>({
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
      await api.transport.send<Widget>({ verb: "get", resource: WIDGETS, namespace: "default", name: "w" }),
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
    await expect(api.transport.send(update)).rejects.toThrow(
      'widgets.example.com "w" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  test("can be selected by the fields that its definition names, and by no strategic patch", async () => {
    await create({ size: 1, kind: "fancy" });
    const list = (fieldSelector: string) =>
      api.transport.send<{ items: unknown[] }>({
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
    api.admissions["widgets.example.com"] = [
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
    await api.transport.send({
      verb: "patch",
      resource: CUSTOM_RESOURCE_DEFINITIONS,
      name: "widgets.example.com",
      body: { metadata: { labels: { a: "b" } } },
    });
    await expect(create({ size: 7 })).rejects.toThrow(
      'Widget.example.com "w" is invalid: spec.size: Invalid value: 7: bad luck',
    );
    const warnings: string[] = [];
    const made = await api.transport.send<Widget>({
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
