import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { WIDGETS } from "../support/widgets.js";
import { listOf, objectOf, ok, ScriptedApiServer } from "./scripted-api-server.js";
import { type Reply, serveForTest, statusOf } from "./serve-for-test.js";

const ALL = "/apis/example.com/v1/namespaces/x/widgets";
const ONE = `${ALL}/a`;
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
const KUBECTL = `${TABLE},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`;

function serve() {
  const api = new ScriptedApiServer({
    handle: ({ verb, resource, name }) =>
      ok(verb === "list" ? listOf(resource, "a", "b") : objectOf(resource, name ?? "a")),
  });
  return serveForTest(api);
}

async function asking(path: string, accept: string): Promise<Reply> {
  return (await serve()).ask(path, { headers: { accept } });
}

describe("what the client accepts", () => {
  it.each([
    ["*/*", "application/json"],
    ["application/*", "application/json"],
    ["application/yaml", "application/yaml"],
    ["application/yaml;q=0.5, application/json", "application/json"],
    ["application/vnd.kubernetes.protobuf,application/json", "application/json"],
    ["text/html, application/yaml;q=0.1", "application/yaml"],
    ["application/json;as=Foo;v=v1;g=meta.k8s.io,application/json", "application/json"],
  ])("%s gives %s", async (accept, type) => {
    const { status, headers } = await asking(ONE, accept);
    expect([status, headers["content-type"]]).toEqual([200, type]);
  });

  it("writes YAML that reads as the object", async () => {
    expect(parse((await asking(ONE, "application/yaml")).body)).toEqual(objectOf(WIDGETS, "a"));
  });

  it.each([
    "text/html",
    "application/json;as=Foo;v=v1;g=meta.k8s.io",
    "application/json;q=0",
    ",",
    "application/vnd.kubernetes.protobuf",
  ])("%s cannot be had, and the answer says so in JSON", async (accept) => {
    const reply = await asking(ONE, accept);
    expect(reply.headers["content-type"]).toBe("application/json");
    expect(statusOf(reply)).toMatchObject({
      code: 406,
      reason: "NotAcceptable",
      message: "only the following media types are accepted: application/json, application/yaml",
    });
  });

  it("is indented for a person and compact for a program", async () => {
    const face = await serve();
    const ask = async (path: string, agent: string) =>
      (await face.ask(path, { headers: { "user-agent": agent } })).body;
    expect(await ask(ONE, "kubectl/v1.33")).toBe(`${JSON.stringify(objectOf(WIDGETS, "a"))}\n`);
    expect(await ask(ONE, "curl/8")).toContain('\n  "kind": "Widget"');
    expect(await ask(`${ONE}?pretty=true`, "kubectl/v1.33")).toContain("\n  ");
    expect(await ask(`${ONE}?pretty=false`, "curl/8")).not.toContain("\n  ");
  });
});

describe("Table", () => {
  it("is what kubectl's Accept header gets", async () => {
    const { body } = await asking(ALL, KUBECTL);
    expect(JSON.parse(body)).toEqual({
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata: { resourceVersion: "9" },
      columnDefinitions: [{ name: "Name", type: "string", format: "name", description: "", priority: 0 }],
      rows: ["a", "b"].map((name) => ({
        cells: [name],
        object: {
          kind: "PartialObjectMetadata",
          apiVersion: "meta.k8s.io/v1",
          metadata: { name, resourceVersion: "7" },
        },
      })),
    });
  });

  it("carries as much of the object as asked for", async () => {
    const rowOf = async (include: string) =>
      (JSON.parse((await asking(`${ONE}?includeObject=${include}`, TABLE)).body) as { rows: { object: unknown }[] })
        .rows[0]?.object;
    expect(await rowOf("None")).toBeNull();
    expect(await rowOf("Object")).toEqual(objectOf(WIDGETS, "a"));
    expect(await rowOf("Metadata")).toMatchObject({ kind: "PartialObjectMetadata" });
    expect(statusOf(await asking(`${ONE}?includeObject=X`, TABLE))).toMatchObject({
      code: 400,
      message:
        "Unable to convert to Table as requested: includeObject: Invalid value: \"X\": must be 'Metadata', 'Object', 'None', or empty",
    });
  });

  it("is never made of a Status", async () => {
    const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" };
    const face = await serveForTest(new ScriptedApiServer({ handle: () => ok(status) }));
    const reply = await face.ask(ONE, { method: "DELETE", headers: { accept: TABLE } });
    expect(JSON.parse(reply.body)).toEqual(status);
  });
});

describe("PartialObjectMetadata", () => {
  const one = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
  const list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

  it("leaves the metadata alone", async () => {
    const metadata = { name: "a", resourceVersion: "7" };
    const partial = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
    expect(JSON.parse((await asking(ONE, one)).body)).toEqual(partial);
    expect(JSON.parse((await asking(ALL, list)).body)).toMatchObject({
      kind: "PartialObjectMetadataList",
      metadata: { resourceVersion: "9" },
      items: [partial, { metadata: { name: "b" } }],
    });
  });

  it("is not mistaken for its list, nor the list for one", async () => {
    expect(statusOf(await asking(ALL, one))).toMatchObject({
      code: 406,
      message: "you requested PartialObjectMetadata, but the requested object is a list (WidgetList)",
    });
    expect((await asking(ONE, list)).status).toBe(406);
  });
});
