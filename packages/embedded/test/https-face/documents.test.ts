import { describe, expect, it } from "vitest";
import { DEFINITIONS, ScriptedApiServer } from "./scripted-api-server.js";
import { type Reply, serveForTest } from "./serve-for-test.js";

// The header of kubectl 1.32 and newer.
const AGGREGATED =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
const AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

const parsed = ({ body }: Reply) => JSON.parse(body) as Record<string, unknown>;

describe("discovery", () => {
  it("lists versions, groups and resources", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    expect(parsed(await face.ask("/api"))).toEqual({
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: `127.0.0.1:${face.port}` }],
    });
    const version = { groupVersion: "example.com/v1", version: "v1" };
    const group = { name: "example.com", versions: [version], preferredVersion: version };
    expect(parsed(await face.ask("/apis"))).toEqual({ kind: "APIGroupList", apiVersion: "v1", groups: [group] });
    expect(parsed(await face.ask("/apis/example.com"))).toEqual({ kind: "APIGroup", apiVersion: "v1", ...group });
    expect(parsed(await face.ask("/apis/example.com/v1"))).toMatchObject({
      kind: "APIResourceList",
      groupVersion: "example.com/v1",
      resources: [
        {
          name: "widgets",
          singularName: "widget",
          namespaced: true,
          kind: "Widget",
          verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
          storageVersionHash: "gIwvi5rymmg=",
        },
        { name: "widgets/status", kind: "Widget", namespaced: true, verbs: ["get", "patch", "update"] },
        { name: "planets", namespaced: false },
      ],
    });
    expect(parsed(await face.ask("/api/v1"))).toMatchObject({ groupVersion: "v1" });
    expect((await face.ask("/apis/nope")).status).toBe(404);
    expect((await face.ask("/api/v2")).status).toBe(404);
  });

  it("is one document for who asks for the aggregated form", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const reply = await face.ask("/apis", { headers: { accept: AGGREGATED } });
    expect(reply.headers).toMatchObject({ "content-type": AGGREGATED_TYPE, vary: "Accept", "cache-control": "public" });
    expect(parsed(reply)).toMatchObject({
      kind: "APIGroupDiscoveryList",
      apiVersion: "apidiscovery.k8s.io/v2",
      items: [
        {
          metadata: { name: "example.com" },
          versions: [
            {
              version: "v1",
              freshness: "Current",
              resources: [
                {
                  resource: "widgets",
                  responseKind: { group: "example.com", version: "v1", kind: "Widget" },
                  scope: "Namespaced",
                  singularResource: "widget",
                  subresources: [{ subresource: "status", verbs: ["get", "patch", "update"] }],
                },
                { resource: "planets", scope: "Cluster" },
              ],
            },
          ],
        },
      ],
    });
    const core = parsed(await face.ask("/api", { headers: { accept: AGGREGATED } }));
    expect(core).toMatchObject({
      items: [{ versions: [{ version: "v1", resources: [{ resource: "namespaces" }, {}] }] }],
    });
  });

  it("is plain for who knows only the beta of the aggregated form", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
    expect(parsed(await face.ask("/apis", { headers: { accept } })).kind).toBe("APIGroupList");
  });

  it("need not be read again until something changes", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const first = await face.ask("/apis", { headers: { accept: AGGREGATED } });
    const tag = first.headers.etag ?? "";
    expect(tag).toMatch(/^"[0-9A-F]{128}"$/);
    const again = () => face.ask("/apis", { headers: { accept: AGGREGATED, "if-none-match": tag } });
    const unchanged = await again();
    expect([unchanged.status, unchanged.body]).toEqual([304, ""]);
    api.served = DEFINITIONS.slice(0, 3);
    expect((await again()).status).toBe(200);
  });
});

describe("OpenAPI", () => {
  interface Index {
    readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string } | undefined>>;
  }

  it("has a document a group and version, whose URL changes with its content", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const urlOf = async () =>
      (parsed(await face.ask("/openapi/v3")) as unknown as Index).paths["apis/example.com/v1"]?.serverRelativeURL ?? "";
    const url = await urlOf();
    const reply = await face.ask(url);
    expect(reply.headers).toMatchObject({ "cache-control": "public, immutable", vary: "Accept" });
    expect(parsed(reply)).toMatchObject({
      openapi: "3.0.0",
      components: {
        schemas: {
          "com.example.v1.Widget": {
            "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Widget" }],
          },
        },
      },
    });
    const known = await face.ask("/openapi/v3/apis/example.com/v1", {
      headers: { "if-none-match": reply.headers.etag ?? "" },
    });
    expect(known.status).toBe(304);
    api.served = DEFINITIONS.slice(0, 3);
    const moved = await face.ask(url);
    expect([moved.status, moved.headers.location]).toEqual([301, await urlOf()]);
    expect((await face.ask("/openapi/v3/apis/nope/v1")).status).toBe(404);
    const text = await face.ask("/openapi/v3/api/v1", { headers: { accept: "text/plain" } });
    expect([text.status, text.body]).toEqual([406, ""]);
  });

  it("says that fields are validated, where kubectl looks for it", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const { paths } = parsed(await face.ask("/openapi/v3/apis/example.com/v1")) as {
      paths: Record<string, { patch: { parameters: { name: string }[] } }>;
    };
    const { patch } = paths["/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"] ?? {};
    expect(patch).toMatchObject({
      "x-kubernetes-action": "patch",
      "x-kubernetes-group-version-kind": { group: "example.com", version: "v1", kind: "Widget" },
    });
    expect(patch?.parameters.map(({ name }) => name)).toEqual(["dryRun", "fieldManager", "fieldValidation", "force"]);
  });
});

describe("health", () => {
  it("says ok, and more when asked", async () => {
    const face = await serveForTest(new ScriptedApiServer(), { healthChecks: [{ name: "store", check: () => true }] });
    const reply = await face.ask("/readyz", { token: null });
    expect([reply.status, reply.body, reply.headers["content-type"], reply.headers["x-content-type-options"]]).toEqual([
      200,
      "ok",
      "text/plain; charset=utf-8",
      "nosniff",
    ]);
    expect((await face.ask("/readyz?verbose", { token: null })).body).toBe(
      "[+]ping ok\n[+]store ok\nreadyz check passed\n",
    );
    expect((await face.ask("/readyz/store", { token: null })).body).toBe("ok");
    expect((await face.ask("/readyz/nope", { token: null })).status).toBe(404);
  });

  it("names the check that fails and keeps why to itself, and stays alive", async () => {
    const check = () => Promise.reject(new Error("hunter2"));
    const face = await serveForTest(new ScriptedApiServer(), { healthChecks: [{ name: "store", check }] });
    const failing = await face.ask("/readyz", { token: null });
    expect([failing.status, failing.body]).toEqual([
      500,
      "[+]ping ok\n[-]store failed: reason withheld\nreadyz check failed\n",
    ]);
    expect((await face.ask("/livez", { token: null })).status).toBe(200);
    expect((await face.ask("/readyz?exclude=store&verbose", { token: null })).body).toBe(
      "[+]ping ok\n[+]store excluded: ok\nreadyz check passed\n",
    );
    expect((await face.ask("/livez?exclude=x&verbose", { token: null })).body).toContain(
      'warn: some health checks cannot be excluded: no matches for "x"\n',
    );
  });
});

it("lists its paths at the root, and has a version that clients can compare", async () => {
  const face = await serveForTest(new ScriptedApiServer());
  const { paths } = parsed(await face.ask("/")) as { paths: string[] };
  expect(paths).toEqual([...paths].sort());
  expect(paths).toContain("/apis/example.com/v1");
  expect(parsed(await face.ask("/version")).gitVersion).toMatch(/^v\d+\.\d+\.\d+\+tenantry$/);
});
