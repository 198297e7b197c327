import { once } from "node:events";
import { connect } from "node:tls";
import { NAMESPACES } from "@tenantry/sdk";
import { describe, expect, it } from "vitest";
import { ApiError } from "../../src/apiserver/api-server.js";
import { WIDGETS } from "../support/widgets.js";
import { listOf, objectOf, ok, ScriptedApiServer } from "./scripted-api-server.js";
import { serveForTest, statusOf, TOKEN } from "./serve-for-test.js";

const JSON_HEADERS = { "content-type": "application/json" };

describe("authentication", () => {
  it("refuses a request without a token as Kubernetes does", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const reply = await face.ask("/api/v1/namespaces", { token: null });
    expect(reply.status).toBe(401);
    expect(JSON.parse(reply.body)).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: "Unauthorized",
      reason: "Unauthorized",
      code: 401,
    });
  });

  it("never takes a wrong token for none, not even where none is needed", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    for (const path of ["/version", "/api/v1/namespaces", "/nothing"]) {
      expect((await face.ask(path, { token: `${TOKEN}x` })).status).toBe(401);
    }
  });

  it("lets anyone read health and version, and nothing else", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    for (const path of ["/healthz", "/livez", "/readyz", "/version"]) {
      expect((await face.ask(path, { token: null })).status, path).toBe(200);
    }
    for (const path of ["/", "/api", "/apis", "/openapi/v3", "/api/v1", "/version/x", "/foo", "/api/v1//namespaces"]) {
      expect((await face.ask(path, { token: null })).status, path).toBe(401);
    }
  });

  it("takes the scheme in any case and ignores an empty token", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const ask = (authorization: string) => face.ask("/api/v1/namespaces", { token: null, headers: { authorization } });
    expect((await ask(`bEARER ${TOKEN}`)).status).toBe(200);
    expect((await ask("Bearer ")).status).toBe(401);
    expect((await ask("Basic eDp5")).status).toBe(401);
  });
});

describe("the Host header", () => {
  it("refuses a name that is not ours, as a page with a rebound name would send", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const reply = await face.ask("/api/v1/namespaces", { headers: { host: "evil.test" } });
    expect(reply.status).toBe(403);
    expect(statusOf(reply).reason).toBe("Forbidden");
    expect(api.calls).toEqual([]);
  });

  it("answers to loopback names and to those it was told", async () => {
    const face = await serveForTest(new ScriptedApiServer(), { allowedHosts: ["plane.internal"] });
    for (const host of ["localhost", `LOCALHOST:${face.port}`, "[::1]:1", "plane.internal:6443"]) {
      expect((await face.ask("/version", { headers: { host } })).status, host).toBe(200);
    }
  });
});

describe("paths", () => {
  it("answers an unknown path in plain text, which clients tell from a Status", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const paths = [
      "/foo",
      "/apis/nope.example.com/v1/widgets",
      "/apis/example.com/v2/widgets",
      "/apis/example.com/v1/gadgets",
      "/apis/example.com/v1/widgets/a",
      "/apis/example.com/v1/namespaces/x/planets/a",
      "/openapi/v2",
    ];
    for (const path of paths) {
      const reply = await face.ask(path);
      expect([reply.status, reply.body, reply.headers["content-type"]], path).toEqual([
        404,
        "404 page not found\n",
        "text/plain; charset=utf-8",
      ]);
    }
  });

  it("answers an unknown resource of a built-in group with a Status", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    expect(statusOf(await face.ask("/api/v1/foos"))).toMatchObject({
      code: 404,
      reason: "NotFound",
      message: "the server could not find the requested resource",
      details: {},
    });
  });

  it("names the object whose subresource is not there", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    expect(statusOf(await face.ask("/apis/example.com/v1/namespaces/x/widgets/a/scale"))).toMatchObject({
      message: 'widgets.example.com "a" not found',
      details: { name: "a", group: "example.com", kind: "widgets" },
    });
  });

  it("reaches no object by a trick in the path", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const paths = [
      "/api/v1//namespaces",
      "/api/v1/namespaces/a/../b/secrets",
      "/api/v1/namespaces/a/./secrets",
      "/api/v1/namespaces/a%2Fsecrets%2Fb",
      "/api/v1/namespaces/%2e%2e/secrets",
      "/api/v1/namespaces/a;x=1",
      "/api/v1/namespaces/a%00",
      "/api/v1/namespaces/%ff",
      "/api/v1/namespaces/a%252Fb",
      "/api/v1/namespaces/a/secrets/b/status/more/and/more",
      "/API/v1/namespaces",
    ];
    for (const path of paths) expect((await face.ask(path)).status, path).toBe(404);
    expect(api.calls).toEqual([]);
  });

  it("tells a Namespace's subresources from the resources in it", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    await face.ask("/api/v1/namespaces/a/status");
    await face.ask("/api/v1/namespaces/a/secrets/status");
    await face.ask("/apis/example.com/v1/namespaces/a/widgets/b/status/");
    expect(
      api.calls.map(({ resource, namespace, name, subresource }) => [resource.plural, namespace, name, subresource]),
    ).toEqual([
      ["namespaces", undefined, "a", "status"],
      ["secrets", "a", "status", undefined],
      ["widgets", "a", "b", "status"],
    ]);
  });
});

describe("methods", () => {
  it("turns methods into verbs", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const body = JSON.stringify(objectOf(WIDGETS, "a"));
    const one = "/apis/example.com/v1/namespaces/x/widgets/a";
    const all = "/apis/example.com/v1/namespaces/x/widgets";
    for (const [method, path] of [
      ["GET", one],
      ["HEAD", one],
      ["DELETE", one],
      ["GET", all],
      ["DELETE", all],
    ] as const) {
      await face.ask(path, { method });
    }
    await face.ask(one, { method: "PUT", body, headers: JSON_HEADERS });
    await face.ask(all, { method: "POST", body, headers: JSON_HEADERS });
    await face.ask(one, { method: "PATCH", body, headers: { "content-type": "application/merge-patch+json" } });
    await face.ask(one, { method: "PATCH", body, headers: { "content-type": "application/apply-patch+yaml" } });
    await face.ask("/apis/example.com/v1/widgets");
    expect(api.calls.map(({ verb, namespace, name }) => [verb, namespace, name])).toEqual([
      ["get", "x", "a"],
      ["get", "x", "a"],
      ["delete", "x", "a"],
      ["list", "x", undefined],
      ["deletecollection", "x", undefined],
      ["update", "x", "a"],
      ["create", "x", undefined],
      ["patch", "x", "a"],
      ["apply", "x", "a"],
      ["list", undefined, undefined],
    ]);
  });

  it("refuses a method that the path does not have, in the words of its kind", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const status = "/apis/example.com/v1/namespaces/x/widgets/a/status";
    expect(statusOf(await face.ask(status, { method: "DELETE" }))).toMatchObject({
      code: 405,
      reason: "MethodNotAllowed",
      message: 'delete is not supported on resources of kind "widgets.example.com"',
    });
    expect(statusOf(await face.ask("/api/v1/namespaces/a", { method: "POST" }))).toMatchObject({
      code: 405,
      message: "the server does not allow this method on the requested resource",
    });
    expect((await face.ask("/api/v1/namespaces/a", { method: "PROPFIND" })).status).toBe(405);
    expect((await face.ask("/version", { method: "POST" })).status).toBe(405);
  });

  it("answers HEAD with the headers alone", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const reply = await face.ask("/api/v1/namespaces/a", { method: "HEAD" });
    expect([reply.status, reply.body, reply.headers["content-type"]]).toEqual([200, "", "application/json"]);
  });
});

describe("faults", () => {
  it("survives a bug of ours and tells nothing of it, but to its owner", async () => {
    const panics: unknown[] = [];
    const api = new ScriptedApiServer({
      handle: ({ name }) => {
        if (name === "boom") throw new Error("password=hunter2");
        return ok(objectOf(NAMESPACES, "a"));
      },
    });
    const face = await serveForTest(api, { onPanic: (error, request) => panics.push([error, request]) });
    const reply = await face.ask("/api/v1/namespaces/boom?token=secret");
    expect([reply.status, reply.body]).toEqual([
      500,
      "This request caused apiserver to panic. Look in the logs for details.\n",
    ]);
    expect(panics).toEqual([
      [
        new Error("password=hunter2"),
        { method: "GET", path: "/api/v1/namespaces/boom", auditId: reply.headers["audit-id"] },
      ],
    ]);
    expect((await face.ask("/api/v1/namespaces/a")).status).toBe(200);
  });

  it("writes a failed call as a Status, with its wish to be asked later as a header", async () => {
    const details = { name: "a", kind: "namespaces", retryAfterSeconds: 2 };
    const api = new ScriptedApiServer({
      handle: () => {
        throw new ApiError(504, "Timeout", "Timeout: later", details);
      },
    });
    const face = await serveForTest(api);
    const reply = await face.ask("/api/v1/namespaces/a", { headers: { accept: "text/html, application/json" } });
    expect(statusOf(reply)).toMatchObject({ code: 504, reason: "Timeout", details });
    expect(reply.headers["retry-after"]).toBe("2");
  });

  it("leaves no markup in a 403", async () => {
    const api = new ScriptedApiServer({
      handle: () => {
        throw new ApiError(403, "Forbidden", "no <b> & no more");
      },
    });
    const reply = await (await serveForTest(api)).ask("/api/v1/namespaces/a");
    expect(statusOf(reply).message).toBe("no &lt;b&gt; &amp; no more");
    expect(reply.headers["x-content-type-options"]).toBe("nosniff");
  });

  it("gives up a request whose time is over", async () => {
    const api = new ScriptedApiServer({
      handle: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
        }),
    });
    const face = await serveForTest(api);
    expect(statusOf(await face.ask("/api/v1/namespaces/a?timeout=20ms"))).toMatchObject({
      code: 504,
      message: "Timeout: request did not complete within the allotted timeout",
    });
    expect(statusOf(await face.ask("/api/v1/namespaces/a?timeout=abc"))).toMatchObject({
      code: 400,
      message: 'invalid timeout specified in the request URL - time: invalid duration "abc"',
    });
  });
});

describe("headers of every answer", () => {
  it("forbids caching and names the request", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const { headers } = await face.ask("/api/v1/namespaces/a", { headers: { "audit-id": "mine-1" } });
    expect(headers["cache-control"]).toBe("no-cache, private");
    expect(headers["audit-id"]).toBe("mine-1");
    const other = await face.ask("/foo", { headers: { "audit-id": "x\u00e9".repeat(100) } });
    expect(other.headers["audit-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("passes warnings on, one header each, with what would break a header escaped", async () => {
    const warnings = ['unknown field "spec.foo"', "a\r\nX-Evil: 1", 'unknown field "spec.foo"', "größer"];
    const api = new ScriptedApiServer({ handle: () => ok(listOf(NAMESPACES), warnings) });
    const face = await serveForTest(api);
    const response = await face.open("/api/v1/namespaces");
    response.resume();
    expect(response.headersDistinct.warning).toEqual([
      '299 - "unknown field \\"spec.foo\\""',
      '299 - "a  X-Evil: 1"',
      `299 - "${Buffer.from("größer").toString("latin1")}"`,
    ]);
    expect(response.headers["x-evil"]).toBeUndefined();
  });
});

describe("listening", () => {
  it("names the port that is taken", async () => {
    const { port } = await serveForTest(new ScriptedApiServer());
    await expect(serveForTest(new ScriptedApiServer(), { port })).rejects.toMatchObject({
      code: "conflict",
      violations: [{ field: "port" }],
    });
  });

  it("is on loopback, speaks TLS 1.2 at least, and closes twice without harm", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    expect(face.url).toBe(`https://127.0.0.1:${face.port}`);
    const old = connect({
      port: face.port,
      host: "127.0.0.1",
      ca: face.certificateAuthority,
      maxVersion: "TLSv1.1",
      minVersion: "TLSv1",
    });
    const [error] = (await once(old, "error")) as [Error];
    expect(error.message).toMatch(/protocol|version|no protocols/i);
    await Promise.all([face.close(), face.close()]);
  });
});
