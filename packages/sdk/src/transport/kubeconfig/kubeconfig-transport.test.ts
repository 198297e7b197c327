import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AnsweringServer, json, startAnsweringServer } from "../../../test/answering-server.js";
import { type KubernetesObject, type Resource, SECRETS } from "../../kubernetes/object.js";
import type { TransportRequest } from "../transport.js";
import { createKubeconfigTransport, type KubeconfigTransport, type KubeconfigTransportOptions } from "./index.js";

const CLUSTERS: Resource = {
  group: "postgresql.cnpg.io",
  version: "v1",
  plural: "clusters",
  kind: "Cluster",
  scope: "Namespaced",
};
const READ = { verb: "get", resource: SECRETS, namespace: "team-a", name: "a" } as const satisfies TransportRequest;
const WATCH = { resource: SECRETS, namespace: "team-a", resourceVersion: "7" };

let server: AnsweringServer;
let transport: KubeconfigTransport;
const opened: KubeconfigTransport[] = [];

beforeAll(async () => {
  server = await startAnsweringServer();
});
afterAll(async () => {
  await server.close();
});
beforeEach(async () => {
  server.requests.length = 0;
  transport = await open({ kubeconfig: await server.kubeconfig() });
});
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

async function open(options: KubeconfigTransportOptions): Promise<KubeconfigTransport> {
  const created = await createKubeconfigTransport(options);
  opened.push(created);
  return created;
}

const status = (code: number, reason: string, details = {}) => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  message: "no",
  reason,
  code,
  details,
});

async function failure(work: Promise<unknown>): Promise<Error & { code?: string; reason?: string }> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
}

async function collect(events: AsyncIterable<{ type: string; object: KubernetesObject }>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { type, object } of events) seen.push(`${type} ${object.metadata.name}`);
  return seen;
}

describe("a request", () => {
  it.each<[string, TransportRequest, string, string?, string?]>([
    ["get", READ, "GET /api/v1/namespaces/team-a/secrets/a"],
    [
      "list",
      {
        verb: "list",
        resource: CLUSTERS,
        labelSelector: "a in (b,c),!d",
        fieldSelector: "metadata.name=x",
        limit: 500,
        continue: "a+/=",
      },
      "GET /apis/postgresql.cnpg.io/v1/clusters?labelSelector=a+in+%28b%2Cc%29%2C%21d&fieldSelector=metadata.name%3Dx&limit=500&continue=a%2B%2F%3D",
    ],
    [
      "list at a version",
      { verb: "list", resource: SECRETS, namespace: "a", resourceVersion: "5", resourceVersionMatch: "Exact" },
      "GET /api/v1/namespaces/a/secrets?resourceVersion=5&resourceVersionMatch=Exact",
    ],
    [
      "create",
      { ...READ, verb: "create", body: { x: 1 }, fieldManager: "m", dryRun: true, fieldValidation: "Strict" },
      "POST /api/v1/namespaces/team-a/secrets?fieldManager=m&fieldValidation=Strict&dryRun=All",
      "application/json",
      '{"x":1}',
    ],
    [
      "update of a status",
      { ...READ, verb: "update", subresource: "status", body: {} },
      "PUT /api/v1/namespaces/team-a/secrets/a/status",
      "application/json",
      "{}",
    ],
    [
      "merge patch",
      { ...READ, verb: "patch", body: {} },
      "PATCH /api/v1/namespaces/team-a/secrets/a",
      "application/merge-patch+json",
      "{}",
    ],
    [
      "JSON patch",
      { ...READ, verb: "patch", patchType: "json", body: [] },
      "PATCH /api/v1/namespaces/team-a/secrets/a",
      "application/json-patch+json",
      "[]",
    ],
    [
      "strategic patch",
      { ...READ, verb: "patch", patchType: "strategic", body: {} },
      "PATCH /api/v1/namespaces/team-a/secrets/a",
      "application/strategic-merge-patch+json",
      "{}",
    ],
    [
      "apply",
      { ...READ, verb: "apply", fieldManager: "tenantry", force: true, body: {} },
      "PATCH /api/v1/namespaces/team-a/secrets/a?fieldManager=tenantry&force=true",
      "application/apply-patch+yaml",
      "{}",
    ],
    ["delete", { ...READ, verb: "delete", dryRun: true }, "DELETE /api/v1/namespaces/team-a/secrets/a?dryRun=All"],
    [
      "delete with options, which is where the server then looks for dryRun",
      { ...READ, verb: "delete", body: { preconditions: { uid: "u" } }, dryRun: true },
      "DELETE /api/v1/namespaces/team-a/secrets/a?dryRun=All",
      "application/json",
      '{"preconditions":{"uid":"u"},"dryRun":["All"]}',
    ],
    [
      "deletecollection",
      { verb: "deletecollection", resource: SECRETS, namespace: "a", labelSelector: "x" },
      "DELETE /api/v1/namespaces/a/secrets?labelSelector=x",
    ],
    [
      "name with odd characters",
      { ...READ, name: "système:a?b#c" },
      "GET /api/v1/namespaces/team-a/secrets/syst%C3%A8me%3Aa%3Fb%23c",
    ],
  ])("is sent as Kubernetes wants it: %s", async (_, request, line, contentType, body = "") => {
    await transport.send(request);
    const [received] = server.requests;
    expect(`${received?.method} ${received?.url}`).toBe(line);
    expect(received?.headers["content-type"]).toBe(contentType);
    expect(received?.body).toBe(body);
    expect(received?.headers).toMatchObject({
      accept: "application/json",
      "user-agent": "tenantry",
      authorization: "Bearer t0ken",
    });
  });

  it.each(["../../team-b/secrets/b", "..", ".", "", "a/b", "%2e%2e"])(
    "cannot leave its path by the name %j",
    async (name) => {
      expect(await failure(transport.send({ ...READ, name }))).toMatchObject({ code: "invalid_argument" });
      expect(await failure(transport.send({ ...READ, namespace: name }))).toMatchObject({ code: "invalid_argument" });
      expect(await failure(collect(transport.watch({ ...WATCH, namespace: name })))).toMatchObject({
        code: "invalid_argument",
      });
      expect(server.requests).toHaveLength(0);
    },
  );

  it("that lacks a name, a namespace or a field manager is refused before it is sent", async () => {
    expect(await failure(transport.send({ ...READ, name: undefined }))).toMatchObject({
      violations: [{ field: "name" }],
    });
    expect(await failure(transport.send({ ...READ, namespace: undefined }))).toMatchObject({
      violations: [{ field: "namespace" }],
    });
    expect(await failure(transport.send({ ...READ, verb: "apply", body: {} }))).toMatchObject({
      violations: [{ field: "fieldManager" }],
    });
    expect(server.requests).toHaveLength(0);
  });

  it("goes below the path of the server's address", async () => {
    const behind = await open({
      kubeconfig: await server.kubeconfig({}, { server: `https://${server.host}/k8s/clusters/c-1/` }),
    });
    await behind.send(READ);
    expect(server.requests[0]?.url).toBe("/k8s/clusters/c-1/api/v1/namespaces/team-a/secrets/a");
  });

  it("takes a connection from the pool: 20 calls one after the other are one TLS connection", async () => {
    const before = server.connections().accepted;
    for (let call = 0; call < 20; call++) await transport.send(READ);
    expect(server.connections().accepted - before).toBe(1);
  });
});

describe("an answer", () => {
  it("hands each warning to the caller", async () => {
    const warning = ['299 - "first, with a comma and \\"quotes\\""', '299 - "second"', '110 - "a cache\'s own"'];
    server.answer = (_, response) => json(response, 200, {}, { Warning: warning });
    const warnings: string[] = [];
    await transport.send({ ...READ, onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual(['first, with a comma and "quotes"', "second"]);
  });

  it("that is a Status becomes an error by its reason, with the wish to be asked later", async () => {
    server.answer = (_, response) => json(response, 409, status(409, "AlreadyExists"));
    expect(await failure(transport.send(READ))).toMatchObject({ code: "already_exists", reason: "AlreadyExists" });
    server.answer = (_, response) => json(response, 429, status(429, "TooManyRequests"), { "Retry-After": "7" });
    expect(await failure(transport.send(READ))).toMatchObject({ code: "resource_exhausted", retryAfterMs: 7000 });
    server.answer = (_, response) =>
      json(response, 422, status(422, "Invalid", { causes: [{ field: "spec.x", message: "bad" }] }));
    expect(await failure(transport.send(READ))).toMatchObject({ violations: [{ field: "spec.x", message: "bad" }] });
  });

  it("in plain text, as an overloaded API server sends it, keeps the text and Retry-After", async () => {
    server.answer = (_, response) => {
      response.writeHead(429, { "Content-Type": "text/plain; charset=utf-8", "Retry-After": "1" });
      response.end("Too many requests, please try again later.\n");
    };
    const error = await failure(transport.send(READ));
    expect(error).toMatchObject({ code: "resource_exhausted", retryAfterMs: 1000 });
    expect(error.message).toContain("Too many requests, please try again later.");
  });

  it.each([
    [502, "unavailable"],
    [503, "unavailable"],
    [504, "deadline_exceeded"],
    [403, "permission_denied"],
    [404, "not_found"],
    [302, "internal"],
    [200, "internal"],
  ])("that is a proxy's page becomes an error by its HTTP status: %i", async (httpStatus, code) => {
    server.answer = (_, response) => {
      response.writeHead(httpStatus, { "Content-Type": "text/html" });
      response.end("<html>Authorization: Bearer t0ken</html>");
    };
    const error = await failure(transport.send(READ));
    expect(error).toMatchObject({ code });
    expect(error.message).not.toMatch(/html>|t0ken/);
  });

  it("that is cut off or is no JSON is unavailable, and nothing of it is quoted", async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
      response.write('{"data":{"password":"c2VjcmV0', () => response.destroy());
    };
    expect(await failure(transport.send(READ))).toMatchObject({ code: "unavailable", reason: "ConnectionLost" });
    server.answer = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end('{"data":{"password":"c2VjcmV0');
    };
    const error = await failure(transport.send(READ));
    expect(error).toMatchObject({ code: "unavailable", reason: "BrokenAnswer" });
    expect(JSON.stringify([error, error.message, String(error.cause)])).not.toContain("c2VjcmV0");
  });
});

describe("a server that is not well", () => {
  it("refuses connections: unavailable, and the request certainly was not sent", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    listener.close();
    const port = typeof address === "object" ? address?.port : 0;
    const away = await open({
      kubeconfig: await server.kubeconfig({ token: "t0ken" }, { server: `https://me:pa55@127.0.0.1:${port}` }),
    });
    const error = await failure(away.send(READ));
    expect(error).toMatchObject({ code: "unavailable", reason: "NotConnected" });
    expect(error.message).toContain(`127.0.0.1:${port}: connection refused`);
    expect(error.message).not.toMatch(/t0ken|pa55/);
  });

  it("accepts and says nothing: unavailable within the connect timeout", async () => {
    const silent: Server = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    const away = await open({
      kubeconfig: await server.kubeconfig({}, { server: `https://127.0.0.1:${port}` }),
      connectTimeoutMs: 50,
    });
    expect(await failure(away.send(READ))).toMatchObject({ code: "unavailable", reason: "NotConnected" });
    silent.close();
  });

  it("takes the request and drops the connection: unavailable, and the request may have been served", async () => {
    server.answer = (_, response) => response.destroy();
    expect(await failure(transport.send({ ...READ, verb: "create", body: {} }))).toMatchObject({
      code: "unavailable",
      reason: "ConnectionLost",
    });
  });

  it("never answers: deadline_exceeded once the time is up, and the connection is closed", async () => {
    server.answer = () => {};
    const hasty = await open({ kubeconfig: await server.kubeconfig(), timeoutMs: 50 });
    expect(await failure(hasty.send(READ))).toMatchObject({ code: "deadline_exceeded" });
    await expect.poll(() => server.connections().open).toBe(0);
  });

  it("is not signed by the kubeconfig's authority, or has another name: unavailable, and says which", async () => {
    const stranger = await startAnsweringServer();
    try {
      const ca = Buffer.from(stranger.authority.ca).toString("base64");
      const other = await open({ kubeconfig: await server.kubeconfig({}, { "certificate-authority-data": ca }) });
      expect((await failure(other.send(READ))).message).toContain(
        "not signed by the kubeconfig's certificate authority",
      );
      const renamed = await open({
        kubeconfig: await server.kubeconfig({}, { "tls-server-name": "other.tenantry.test" }),
      });
      expect((await failure(renamed.send(READ))).message).toContain("for another name");
    } finally {
      await stranger.close();
    }
  });
});

describe("an abort", () => {
  const reason = new Error("the caller's own");

  it("before the call sends nothing and rejects with the caller's reason", async () => {
    await expect(transport.send({ ...READ, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  it("before the answer, and within it, rejects with the caller's reason and closes the connection", async () => {
    for (const answer of [
      () => {},
      (_: unknown, response: ServerResponse) =>
        void response.writeHead(200, { "Content-Type": "application/json" }).write("{"),
    ]) {
      server.answer = answer;
      const caller = new AbortController();
      const arrived = server.requests.length;
      const call = transport.send({ ...READ, signal: caller.signal });
      call.catch(() => {});
      await expect.poll(() => server.requests.length).toBeGreaterThan(arrived);
      caller.abort(reason);
      await expect(call).rejects.toBe(reason);
      await expect.poll(() => server.connections().open).toBe(0);
    }
  });
});

describe("a watch", () => {
  const line = (name: string, type = "ADDED") =>
    `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: "8" } } })}\n`;
  const stream = (write: (response: ServerResponse) => void) => {
    server.answer = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.flushHeaders();
      write(response);
    };
  };

  it("asks for what it was told to ask and ends when the server closes it", async () => {
    stream((response) => response.end(line("a") + line("b", "DELETED")));
    const events = transport.watch({ ...WATCH, allowWatchBookmarks: true, timeoutSeconds: 9, labelSelector: "x=y" });
    expect(await collect(events)).toEqual(["ADDED a", "DELETED b"]);
    expect(server.requests[0]?.url).toBe(
      "/api/v1/namespaces/team-a/secrets?watch=true&labelSelector=x%3Dy&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=9",
    );
  });

  it("survives chunks that split lines and characters", async () => {
    const bytes = Buffer.from(line("naïve-☃-😀") + line("b"));
    stream(async (response) => {
      for (const byte of bytes) await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
      response.end();
    });
    expect(await collect(transport.watch(WATCH))).toEqual(["ADDED naïve-☃-😀", "ADDED b"]);
  });

  it("throws an ERROR event as what its Status says", async () => {
    const gone = { type: "ERROR", object: status(410, "Expired") };
    stream((response) => response.end(`${line("a")}${JSON.stringify(gone)}\n`));
    expect(await failure(collect(transport.watch(WATCH)))).toMatchObject({ code: "expired", reason: "Expired" });
  });

  it("is refused with what the Status says", async () => {
    server.answer = (_, response) => json(response, 403, status(403, "Forbidden"));
    expect(await failure(collect(transport.watch(WATCH)))).toMatchObject({ code: "permission_denied" });
  });

  it.each([
    ["a broken line", `${line("a")}{"type":"ADDED","object":{"data":"c2VjcmV0\n`],
    ["an unknown type", `${line("a")}{"type":"SIDEWAYS","object":{}}\n`],
    ["an end within a line", `${line("a")}{"type":"ADDED"`],
  ])("is unavailable after %s, which is not dropped silently", async (_, text) => {
    stream((response) => response.end(text));
    const error = await failure(collect(transport.watch(WATCH)));
    expect(error).toMatchObject({ code: "unavailable", reason: "BrokenAnswer" });
    expect(error.message).not.toContain("c2VjcmV0");
  });

  it("is unavailable when the connection drops", async () => {
    stream((response) => response.write(line("a"), () => response.destroy()));
    expect(await failure(collect(transport.watch(WATCH)))).toMatchObject({
      code: "unavailable",
      reason: "ConnectionLost",
    });
  });

  it("is unavailable when it is silent for longer than the server was asked to keep it", async () => {
    stream(() => {});
    const hasty = await open({ kubeconfig: await server.kubeconfig(), watchMarginMs: 20 });
    const error = await failure(collect(hasty.watch({ ...WATCH, timeoutSeconds: 0.01 })));
    expect(error).toMatchObject({ code: "unavailable" });
    expect(error.message).toContain("fell silent");
  });

  it("outlives the time limit of calls", async () => {
    let response: ServerResponse | undefined;
    stream((opened) => {
      response = opened;
    });
    const hasty = await open({ kubeconfig: await server.kubeconfig(), timeoutMs: 50 });
    const events = hasty.watch(WATCH)[Symbol.asyncIterator]();
    const next = events.next();
    await expect.poll(() => response).toBeDefined();
    const late = performance.now() + 150;
    await expect.poll(() => performance.now() > late).toBe(true);
    response?.write(line("late"));
    expect((await next).value).toMatchObject({ object: { metadata: { name: "late" } } });
    await events.return?.();
  });

  describe("disconnects at once", () => {
    it("when the loop is left", async () => {
      stream((response) => response.write(line("a")));
      for await (const { type } of transport.watch(WATCH)) {
        expect(type).toBe("ADDED");
        break;
      }
      await expect.poll(() => server.connections().open).toBe(0);
    });

    it("when the iterator is returned while it waits", async () => {
      stream(() => {});
      const events = transport.watch(WATCH)[Symbol.asyncIterator]();
      const pending = events.next();
      await expect.poll(() => server.requests.length).toBe(1);
      await events.return?.();
      expect(await pending).toEqual({ done: true, value: undefined });
      await expect.poll(() => server.connections().open).toBe(0);
    });

    it("when the caller aborts, and rejects with the caller's reason", async () => {
      stream((response) => response.write(line("a")));
      const caller = new AbortController();
      const reason = new Error("the caller's own");
      const consume = async () => {
        for await (const _ of transport.watch({ ...WATCH, signal: caller.signal })) caller.abort(reason);
      };
      await expect(consume()).rejects.toBe(reason);
      await expect.poll(() => server.connections().open).toBe(0);
    });
  });
});
