import { connect } from "node:net";
import { isTenantryError, type NamespaceClient, TenantryError } from "@tenantry/sdk";
import { describe, expect, test } from "vitest";
import type { GatewayOptions } from "../src/index.js";
import { useGateway } from "./support/use-gateway.js";

const LIST = `{ clusters(namespace: "team-a") { nodes { name } } }`;

const fixture = useGateway();
const { start, restart, ask, send, headers } = fixture;

/** The control plane, but for how it lists clusters. */
function listing(list: NamespaceClient["clusters"]["list"]): GatewayOptions["tenantry"] {
  return {
    as: (principal) => ({
      ...fixture.plane.tenantry.as(principal),
      namespace(name) {
        const client = fixture.plane.tenantry.as(principal).namespace(name);
        client.clusters.list = list;
        return client;
      },
    }),
  };
}

describe("CORS", () => {
  const ORIGIN = "https://app.example";
  const preflight = (origin: string) =>
    send({ method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });

  test("is off unless configured", async () => {
    const response = await preflight(ORIGIN);
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("lets a configured origin in, and S100 none that looks like it", async () => {
    await restart({ cors: { origins: [ORIGIN] } });
    const response = await preflight(ORIGIN);
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(response.headers.get("access-control-allow-headers")).toContain("authorization");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    for (const origin of [
      `${ORIGIN}.evil.test`,
      "http://app.example",
      `${ORIGIN}:443.evil.test`,
      "null",
      "https://APP.example",
    ]) {
      expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
    }
    const answer = await send({
      method: "POST",
      headers: headers({ origin: ORIGIN, "content-type": "application/json" }),
      body: "{}",
    });
    expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(answer.headers.get("vary")).toContain("Origin");
  });

  test.each(["*", "https://app.example/", "app.example", "null"])("refuses to start with origin %s", async (origin) => {
    await expect(start({ cors: { origins: [origin] } })).rejects.toThrow("cors.origins[0]");
  });
});

describe("health", () => {
  test("is alive for anyone", async () => {
    const response = await send({}, "/healthz");
    expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
  });

  test("is ready while the control plane answers", async () => {
    await restart({ ready: async () => "yes" });
    expect((await send({}, "/readyz")).status).toBe(200);
  });

  test("is not ready while it does not, and says why in a word", async () => {
    await restart({
      ready: async () => {
        throw new TenantryError("unavailable", "https://user:CANARY@10.0.0.1 refused");
      },
    });
    const response = await send({}, "/readyz");
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "unavailable", reason: "control plane: unavailable" });
  });

  test("is not ready when the control plane takes too long, and asks it once for many askers", async () => {
    let asked = 0;
    await restart({
      ready: () => {
        asked += 1;
        return new Promise(() => {});
      },
    });
    const responses = await Promise.all([send({}, "/readyz"), send({}, "/readyz"), send({}, "/readyz")]);
    expect(responses.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(asked).toBe(1);
  });
});

describe("starting and stopping", () => {
  test("names a port that is in use and the flag for another", async () => {
    const error: unknown = await start({ port: fixture.gateway.port }).catch((caught: unknown) => caught);
    expect(isTenantryError(error) && [error.code, error.reason]).toEqual(["conflict", "AddressInUse"]);
    expect(String(error)).toContain(`port ${fixture.gateway.port}`);
    expect(String(error)).toContain("--port");
  });

  test("names a host that is not this machine's", async () => {
    await expect(start({ host: "192.0.2.1" })).rejects.toThrow('host: "192.0.2.1"');
  });

  test("lets a request that runs finish, and takes no more", async () => {
    let reached = () => {};
    const running = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let proceed = () => {};
    const gate = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    await restart({
      tenantry: listing(async () => {
        reached();
        await gate;
        return { items: [], cursors: [], hasNextPage: false, endCursor: undefined };
      }),
    });
    const answer = ask(LIST);
    await running;
    const closed = fixture.gateway.close();
    proceed();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(fetch(fixture.gateway.url)).rejects.toThrow();
  });

  test("waits neither for a connection that has asked nothing nor for one that is kept alive", async () => {
    const silent = connect(fixture.gateway.port, "127.0.0.1");
    await new Promise((resolve) => silent.once("connect", resolve));
    await ask(LIST);
    const gone = new Promise((resolve) => silent.once("close", resolve));
    const start = performance.now();
    await fixture.gateway.close();
    expect(performance.now() - start).toBeLessThan(1_500);
    await gone;
  });

  test("closes twice without complaint", async () => {
    await Promise.all([fixture.gateway.close(), fixture.gateway.close()]);
  });
});

test("a request that takes too long is ended with DEADLINE_EXCEEDED", async () => {
  await restart({
    limits: { requestMs: 50 },
    tenantry: listing(
      (options) =>
        new Promise((_, reject) => options?.signal?.addEventListener("abort", () => reject(options.signal?.reason))),
    ),
  });
  const { errors } = await ask(LIST);
  expect(errors[0]?.extensions).toMatchObject({ code: "DEADLINE_EXCEEDED", retryable: false });
});

test("S130 calls are aborted when the client goes away", async () => {
  let wasAborted = () => {};
  const aborted = new Promise<void>((resolve) => {
    wasAborted = resolve;
  });
  await restart({
    tenantry: listing(
      (options) =>
        new Promise((_, reject) => {
          leave.abort();
          options?.signal?.addEventListener("abort", () => {
            wasAborted();
            reject(options.signal?.reason);
          });
        }),
    ),
  });
  const leave = new AbortController();
  const asked = fetch(fixture.gateway.url, {
    method: "POST",
    headers: headers({ "content-type": "application/json" }),
    body: JSON.stringify({ query: LIST }),
    signal: leave.signal,
  });
  await expect(asked).rejects.toThrow();
  await aborted;
});

test("logs who asked for what and how it ended, and neither token, document nor variables", async () => {
  await ask("query Canary($n: String!) { clusters(namespace: $n) { nodes { name } } }", { n: "team-a" });
  await expect.poll(() => fixture.log.length).toBe(1);
  expect(JSON.parse(fixture.log[0] ?? "")).toMatchObject({
    event: "request",
    method: "POST",
    path: "/graphql",
    status: 200,
    subject: { kind: "user", issuer: "https://issuer.example", name: "alice" },
    durationMs: expect.any(Number),
  });
  for (const secret of [fixture.token, "Canary", "team-a"]) expect(fixture.log.join("")).not.toContain(secret);
});

test("survives a broken request", async () => {
  const socket = connect(fixture.gateway.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nbroken\r\n\r\n");
  await new Promise((resolve) => socket.once("close", resolve).resume());
  expect((await ask(LIST)).status).toBe(200);
});
