import type { Condition, KubernetesObject } from "@tenantry/sdk";
import { describe, expect, test } from "vitest";
import { causes } from "../../../test/support/failure.js";
import { useApiServer } from "../../../test/support/use-api-server.js";
import { definition, SPEC, type Widget, widget, widgetCalls } from "../../../test/support/validated-widgets.js";
import { WIDGETS } from "../../../test/support/widgets.js";
import { createMemoryStore } from "../../store/memory.js";
import { createApiServer } from "../create-api-server.js";
import { CUSTOM_RESOURCE_DEFINITIONS } from "./custom-resource-definition.js";

const api = useApiServer();
const { define, create } = widgetCalls(api);

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
    const served = api.server.find("example.com", "v1", "widgets");
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
      "spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields",
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
      api.transport.send({
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
    expect(api.server.find("example.com", "v1", "wadgets")).toBeUndefined();
  });

  test("that changes is obeyed at once, also when old objects are read", async () => {
    await define(definition());
    await create({ size: 1, code: "a" });
    const { code: _, ...properties } = SPEC.properties;
    const spec = { ...SPEC, properties: { ...properties, added: { type: "string", default: "new" } } };
    await api.transport.send({
      verb: "patch",
      resource: CUSTOM_RESOURCE_DEFINITIONS,
      name: "widgets.example.com",
      body: { spec: { versions: definition(spec).spec.versions } },
    });
    const read = await api.transport.send<Widget>({
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
    const read = await api.transport.send<Widget>({
      verb: "get",
      resource: { ...WIDGETS, version: "v2" },
      namespace: "default",
      name: "w",
    });
    expect(read).toEqual({ ...made, apiVersion: "example.com/v2" });
  });
});
