import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { post } from "./support/graphql-client.js";
import { createTokenIssuer } from "./support/token-issuer.js";
import { useGateway } from "./support/use-gateway.js";

const CREATE = `mutation { createCluster(input: { namespace: "team-a", name: "orders", storage: { size: "1Gi" } }) { operation { id } } }`;
const LIST = `{ clusters(namespace: "team-a") { nodes { name } } }`;

const fixture = useGateway();
const { restart, ask, send, headers } = fixture;

describe("without a valid token", () => {
  test("answers everything but health with the same 401, byte for byte, and asks the control plane nothing", async () => {
    const expired = await fixture.issuer.sign({ iat: 1_700_000_000, exp: 1_700_000_600 });
    const foreign = await (await createTokenIssuer()).sign();
    const answers = [];
    for (const authorization of [undefined, "Basic YTpi", `Bearer ${expired}`, `Bearer ${foreign}`, "Bearer x.y.z"]) {
      const response = await send({
        method: "POST",
        headers: { "content-type": "application/json", ...(authorization && { authorization }) },
        body: JSON.stringify({ query: LIST }),
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      answers.push(await response.text());
    }
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0] ?? "")).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: "UNAUTHENTICATED", retryable: false } }],
    });
    expect(fixture.plane.calls()).toBe(0);
    expect(fixture.log.join("")).toContain("ERR_JWT_EXPIRED");
    expect(fixture.log.join("")).not.toContain(expired.split(".")[1]);
  });

  test("S132, S135 comes before introspection, validation, parsing and knowing the path", async () => {
    for (const query of ["{ __schema { types { name } } }", "{ cluster(namespace: 1) }", "{ not GraphQL"]) {
      expect((await post(fixture.gateway.url, undefined, query)).status).toBe(401);
    }
    expect((await send({}, "/nowhere")).status).toBe(401);
    expect((await send({ headers: headers() }, "/nowhere")).status).toBe(404);
  });

  test("S058 takes two Authorization headers for none", async () => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = httpRequest(fixture.gateway.url, { method: "POST" }, resolve).on("error", reject);
      asked.setHeader("authorization", [`Bearer ${fixture.token}`, `Bearer ${fixture.token}`]);
      asked.end();
    });
    answer.resume();
    expect(answer.statusCode).toBe(401);
  });

  test("S061 believes no header that claims to name the user", async () => {
    const claims = { "x-forwarded-user": "admin", "x-remote-user": "admin", "impersonate-user": "admin" };
    expect((await send({ method: "POST", headers: claims, body: "{}" })).status).toBe(401);
  });

  test("S064 refuses a thousand different tokens and still answers a good one", async () => {
    const [header, payload] = fixture.token.split(".");
    const forged = (index: number) => `${header}.${payload}.${Buffer.alloc(64, `${index}`).toString("base64url")}`;
    const statuses = new Set<number>();
    // Fifty at a time: more connections at once than the listener's queue takes would be reset before any token is seen.
    for (let round = 0; round < 20; round++) {
      const asked = Array.from({ length: 50 }, (_, index) =>
        post(fixture.gateway.url, forged(round * 50 + index), LIST),
      );
      for (const { status } of await Promise.all(asked)) statuses.add(status);
    }
    expect(statuses).toEqual(new Set([401]));
    expect((await ask(LIST)).status).toBe(200);
  });
});

describe("forged and odd requests", () => {
  test.each([
    ["S093 text/plain", "text/plain"],
    ["S093 a form", "application/x-www-form-urlencoded"],
    ["S093, S101 multipart", "multipart/form-data; boundary=x"],
    ["S094 text/plain in disguise", "text/plain; application/json"],
  ])("%s is refused and nothing is executed", async (_, type) => {
    const body = JSON.stringify({ query: CREATE });
    const response = await send({ method: "POST", headers: headers({ "content-type": type }), body });
    expect(response.status).toBe(400);
    expect(fixture.plane.calls()).toBe(0);
  });

  test("S094 no content type at all is refused", async () => {
    const body = new TextEncoder().encode(JSON.stringify({ query: CREATE }));
    expect((await send({ method: "POST", headers: headers(), body })).status).toBe(400);
    expect(fixture.plane.calls()).toBe(0);
  });

  test("S095 a GET that a form could send is refused, one that it could not is answered", async () => {
    const path = `/graphql?query=${encodeURIComponent(LIST)}`;
    expect((await send({ headers: headers() }, path)).status).toBe(400);
    const answer = await send({ headers: headers({ "apollo-require-preflight": "1" }) }, path);
    expect(await answer.json()).toEqual({ data: { clusters: { nodes: [] } } });
  });

  test("S096, S103 a mutation by GET is refused, whatever header says that it is a POST", async () => {
    const path = `/graphql?query=${encodeURIComponent(CREATE)}`;
    const response = await send(
      { headers: headers({ "apollo-require-preflight": "1", "x-http-method-override": "POST" }) },
      path,
    );
    expect(response.status).toBe(405);
    expect(fixture.plane.calls()).toBe(0);
  });

  test("S097 a GET with another content type is refused", async () => {
    const path = `/graphql?query=${encodeURIComponent(LIST)}`;
    const response = await send(
      { headers: headers({ "content-type": "application/graphql", "apollo-require-preflight": "1" }) },
      path,
    );
    expect(response.status).toBe(415);
  });

  test("S098, S172 a subscription is refused by GET and by an ordinary POST", async () => {
    const query = 'subscription { operationProgress(id: "x") { id } }';
    const path = `/graphql?query=${encodeURIComponent(query)}`;
    expect((await send({ headers: headers({ "apollo-require-preflight": "1" }) }, path)).status).toBe(400);
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(answer.errors[0]?.message).toContain("text/event-stream");
  });

  test("S148 a persisted query is refused: there are none", async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } };
    const body = JSON.stringify({ extensions });
    const answer = await send({ method: "POST", headers: headers({ "content-type": "application/json" }), body });
    expect(await answer.text()).toContain("PERSISTED_QUERY_NOT_SUPPORTED");
  });

  test("S152 a batch is refused", async () => {
    const body = JSON.stringify([{ query: LIST }, { query: LIST }]);
    const response = await send({ method: "POST", headers: headers({ "content-type": "application/json" }), body });
    expect(response.status).toBe(400);
    expect(fixture.plane.calls()).toBe(0);
  });

  test("what is no JSON, another charset and a compressed body are refused", async () => {
    const attempt = async (more: Record<string, string>, body: string) =>
      (await send({ method: "POST", headers: headers(more), body })).status;
    expect(await attempt({ "content-type": "application/json" }, "{")).toBe(400);
    expect(await attempt({ "content-type": "application/json; charset=utf-7" }, "{}")).toBe(415);
    expect(await attempt({ "content-type": "application/json", "content-encoding": "gzip" }, "{}")).toBe(415);
    expect(await attempt({ "content-type": "application/json; charset=UTF-8" }, JSON.stringify({ query: LIST }))).toBe(
      200,
    );
  });

  test("a body over the limit is 413, with its length announced or not", async () => {
    const body = JSON.stringify({ query: LIST, variables: { pad: "x".repeat(200 * 1024) } });
    const more = headers({ "content-type": "application/json" });
    expect((await send({ method: "POST", headers: more, body })).status).toBe(413);
    const stream = new Blob([body]).stream();
    const init = { method: "POST", headers: more, body: stream, duplex: "half" };
    expect((await send(init as RequestInit)).status).toBe(413);
    expect(fixture.plane.calls()).toBe(0);
  });

  test("a connection whose body was refused half read answers the next request", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (body: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const more = headers({ "content-type": "application/json", "transfer-encoding": "chunked" });
        const asked = httpRequest(fixture.gateway.url, { method: "POST", agent, headers: more }, (answer) => {
          answer.resume().once("end", () => resolve(answer.statusCode));
        });
        asked.on("error", reject).end(body);
      });
    expect(await ask("x".repeat(400 * 1024))).toBe(413);
    expect(await ask(JSON.stringify({ query: LIST }))).toBe(200);
    agent.destroy();
  });

  test("S118 a query over a limit is 400 with the limit, and nothing is executed", async () => {
    const query = `{ ${Array.from({ length: 1_000 }, (_, i) => `a${i}: __typename`).join(" ")} }`;
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(answer.errors).toEqual([
      {
        message: expect.any(String),
        extensions: { code: "LIMIT_EXCEEDED", retryable: false, limit: "tokens", maximum: 1_000 },
      },
    ]);
  });

  test("S115 a fragment that spreads itself is a validation error", async () => {
    const answer = await ask("{ ...A } fragment A on Query { ...A }");
    expect(answer.status).toBe(400);
    expect(answer.errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  test("S121 validation errors are capped", async () => {
    const query = `{ ${Array.from({ length: 400 }, (_, i) => `x${i}`).join(" ")} }`;
    await restart({ limits: { rootFields: 1_000 } });
    expect((await ask(query)).errors.length).toBeLessThanOrEqual(21);
  });
});

describe("the schema", () => {
  const INTROSPECT = '{ __schema { queryType { name } } __type(name: "Cluster") { name } }';

  test("S132, S134 is not shown unless that is configured, whatever NODE_ENV says", async () => {
    const hidden = await ask(INTROSPECT);
    expect(hidden.status).toBe(400);
    expect((await ask("{ clusterz }")).text).not.toContain("Did you mean");
    await restart({ introspection: true });
    expect((await ask(INTROSPECT)).data.__type).toEqual({ name: "Cluster" });
    expect((await ask("{ clusterz }")).text).toContain("Did you mean");
  });

  test("S133 __typename stays", async () => {
    expect((await ask("{ __typename }")).data).toEqual({ __typename: "Query" });
  });

  test("S109 has no landing page", async () => {
    const response = await send({ headers: headers({ accept: "text/html" }) });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toContain("json");
  });
});

test("S106, S155 an answer is JSON, not to be guessed at and not to be kept", async () => {
  for (const response of [
    await send({
      method: "POST",
      headers: headers({ "content-type": "application/json" }),
      body: JSON.stringify({ query: LIST }),
    }),
    await send({ method: "POST" }),
    await send({}, "/healthz"),
  ]) {
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-powered-by")).toBeNull();
  }
});
