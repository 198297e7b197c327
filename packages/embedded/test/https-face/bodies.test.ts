import { connect } from "node:tls";
import { NAMESPACES } from "@tenantry/sdk";
import { describe, expect, it } from "vitest";
import { MAX_BODY_BYTES } from "../../src/apiserver/http/read-body.js";
import { WIDGETS } from "../support/widgets.js";
import { objectOf, ScriptedApiServer } from "./scripted-api-server.js";
import { type Asked, serveForTest, statusOf } from "./serve-for-test.js";

const WIDGET_PATH = "/apis/example.com/v1/namespaces/x/widgets";
const JSON_HEADERS = { "content-type": "application/json" };

function post(body: string | Buffer, contentType = "application/json"): Asked {
  return { method: "POST", body, headers: { "content-type": contentType } };
}

describe("bodies", () => {
  it("takes JSON, JSON without a content type, and YAML", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const json = JSON.stringify(objectOf(WIDGETS, "a"));
    const yaml = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a, resourceVersion: '7'}\n";
    await face.ask(WIDGET_PATH, post(json, "application/json; charset=utf-8"));
    await face.ask(WIDGET_PATH, { method: "POST", body: json });
    await face.ask(WIDGET_PATH, post(yaml, "application/yaml"));
    expect(api.calls.map(({ body }) => body)).toEqual([1, 2, 3].map(() => objectOf(WIDGETS, "a")));
  });

  it("names what it takes when it is sent something else", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const text = "the body of the request was in an unknown format - accepted media types include: ";
    expect(statusOf(await face.ask(WIDGET_PATH, post("a", "text/csv")))).toMatchObject({
      code: 415,
      reason: "UnsupportedMediaType",
      message: `${text}application/json, application/yaml`,
    });
    expect(statusOf(await face.ask("/api/v1/namespaces", post("a", "text/csv"))).message).toBe(
      `${text}application/json, application/yaml, application/vnd.kubernetes.protobuf`,
    );
    const patch: Asked = {
      method: "PATCH",
      body: "{",
      headers: { "content-type": "application/strategic-merge-patch+json" },
    };
    expect(statusOf(await face.ask(`${WIDGET_PATH}/a`, patch))).toMatchObject({
      code: 415,
      message: `${text}application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml`,
    });
  });

  it("refuses what it cannot read, and repeats none of it", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const deep = `{"spec":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi".replace(/./g, (name, at: number) => {
      const before = "abcdefgh"[at];
      return `${name}: &${name} [${`*${before},`.repeat(9)}]\n`;
    })}`;
    const bodies: [string, string?][] = [
      ["hunter2"],
      ["{hunter2"],
      ['{"data": hunter2}'],
      ['"hunter2"'],
      ["[]"],
      [""],
      ['{"metadata":{"__proto__":{"x":"hunter2"}}}'],
      ['{"metadata":{"\\u005f_proto__":{"x":"hunter2"}}}'],
      ['{"a":1e999}'],
      [deep],
      ["a: 'hunter2", "application/yaml"],
      ["a: hunter2\n---\nb: 1", "application/yaml"],
      ["[".repeat(100_000), "application/yaml"],
      [bomb, "application/yaml"],
      ["a: .inf", "application/yaml"],
      ["a: &a [*a]", "application/yaml"],
    ];
    for (const [body, type] of bodies) {
      const reply = await face.ask(WIDGET_PATH, post(body, type));
      expect(reply.status, body.slice(0, 40)).toBe(400);
      const status = statusOf(reply);
      expect(status, body.slice(0, 40)).toMatchObject({ code: 400, reason: "BadRequest" });
      expect(status.message).toMatch(
        /^the object provided is unrecognized \(must be of type Widget\): couldn't get version\/kind;/,
      );
      expect(status.message).not.toContain("hunter2");
    }
    expect(api.calls).toEqual([]);
  });

  it("takes 3 MiB and not a byte more", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const bodyOf = (size: number) => `{"a":"${"x".repeat(size - 8)}"}`;
    expect((await face.ask(WIDGET_PATH, post(bodyOf(MAX_BODY_BYTES)))).status).toBe(200);
    expect(statusOf(await face.ask(WIDGET_PATH, post(bodyOf(MAX_BODY_BYTES + 1))))).toMatchObject({
      code: 413,
      reason: "RequestEntityTooLarge",
      message: "Request entity too large: limit is 3145728",
    });
    const chunked: Asked = {
      ...post(bodyOf(MAX_BODY_BYTES + 1)),
      headers: { ...JSON_HEADERS, "transfer-encoding": "chunked" },
    };
    expect((await face.ask(WIDGET_PATH, chunked)).status).toBe(413);
    expect((await face.ask("/version")).status).toBe(200);
  });

  it("survives a client that breaks off", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    await new Promise<void>((resolve) => {
      const socket = connect({
        host: "127.0.0.1",
        port: face.port,
        ca: face.certificateAuthority,
        servername: "localhost",
      });
      socket.on("close", () => resolve());
      socket.on("secureConnect", () => {
        socket.write(`POST ${WIDGET_PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{`, () =>
          socket.destroy(),
        );
      });
    });
    expect((await face.ask("/version")).status).toBe(200);
  });
});

describe("fields given twice", () => {
  const body = '{"apiVersion":"example.com/v1","kind":"Widget","spec":{"a":1,"a":2,"l":[{"b":1,"b":1}]}}';

  it("are an error when the client is strict", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    expect(statusOf(await face.ask(`${WIDGET_PATH}?fieldValidation=Strict`, post(body)))).toMatchObject({
      code: 400,
      message:
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: ' +
        'duplicate field "spec.a", duplicate field "spec.l[0].b"',
    });
  });

  it("are a warning by default, and nothing when ignored", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const warned = await face.ask(WIDGET_PATH, post(body));
    expect(warned.headers.warning).toContain('duplicate field \\"spec.a\\"');
    expect((await face.ask(`${WIDGET_PATH}?fieldValidation=Ignore`, post(body))).headers.warning).toBeUndefined();
  });
});

describe("query parameters", () => {
  it("reach the core", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const body = JSON.stringify(objectOf(WIDGETS, "a"));
    await face.ask(
      `${WIDGET_PATH}?labelSelector=a%3Db%2Cc&fieldSelector=metadata.name%3Dx&limit=5&continue=t&resourceVersion=3&resourceVersionMatch=Exact`,
    );
    await face.ask(`${WIDGET_PATH}?fieldManager=me&fieldValidation=Strict&dryRun=All`, post(body));
    await face.ask(`${WIDGET_PATH}/a?force=true&fieldManager=me`, {
      method: "PATCH",
      body,
      headers: { "content-type": "application/apply-patch+yaml" },
    });
    await face.ask(`${WIDGET_PATH}/a?propagationPolicy=Foreground&gracePeriodSeconds=0`, { method: "DELETE" });
    await face.ask(`${WIDGET_PATH}/a`, {
      method: "DELETE",
      body: '{"propagationPolicy":"Orphan","dryRun":["All"]}',
      headers: JSON_HEADERS,
    });
    expect(api.calls[0]).toMatchObject({
      labelSelector: "a=b,c",
      fieldSelector: "metadata.name=x",
      limit: 5,
      continue: "t",
      resourceVersion: "3",
      resourceVersionMatch: "Exact",
    });
    expect(api.calls[1]).toMatchObject({ fieldManager: "me", fieldValidation: "Strict", dryRun: true });
    expect(api.calls[2]).toMatchObject({ verb: "apply", force: true, fieldManager: "me" });
    expect(api.calls[3]?.body).toMatchObject({ propagationPolicy: "Foreground", gracePeriodSeconds: 0 });
    expect(api.calls[4]).toMatchObject({ body: { propagationPolicy: "Orphan" }, dryRun: true });
  });

  it("name the field manager by the User-Agent, but never for apply", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const body = JSON.stringify(objectOf(WIDGETS, "a"));
    const headers = { "user-agent": "my-operator/v1.2 (linux)" };
    await face.ask(WIDGET_PATH, { method: "POST", body, headers });
    await face.ask(`${WIDGET_PATH}/a`, {
      method: "PATCH",
      body,
      headers: { ...headers, "content-type": "application/apply-patch+yaml" },
    });
    expect(api.calls.map(({ fieldManager }) => fieldManager)).toEqual(["my-operator", undefined]);
  });

  it("are refused when they mean nothing", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const body = JSON.stringify(objectOf(NAMESPACES, "a"));
    const create = async (query: string) => statusOf(await face.ask(`/api/v1/namespaces?${query}`, post(body)));
    expect(await create("dryRun=x")).toMatchObject({
      code: 422,
      reason: "Invalid",
      message: 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["x"]: supported values: "All"',
    });
    expect(await create(`fieldManager=${"x".repeat(129)}`)).toMatchObject({
      code: 422,
      message: 'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    });
    expect(await create("fieldValidation=X")).toMatchObject({
      message:
        'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "X": supported values: "", "Ignore", "Strict", "Warn"',
    });
    expect(statusOf(await face.ask("/api/v1/namespaces?limit=x"))).toMatchObject({ code: 400 });
    expect(statusOf(await face.ask("/api/v1/namespaces?sendInitialEvents=true"))).toMatchObject({
      code: 422,
      message:
        'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    });
    expect(api.calls).toEqual([]);
  });
});
