import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { CREATE, createCluster, PROGRESS } from "./support/operation-progress.js";
import { connectRawSocket, openRawSocket } from "./support/raw-socket.js";
import { useGateway } from "./support/use-gateway.js";

interface Event {
  readonly data?: { readonly operationProgress: { readonly phase: string } } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

interface Subscriber {
  subscribe(query: string, variables: Record<string, unknown>): AsyncIterableIterator<Event>;
  close(): void;
}

const fixture = useGateway({ clockToleranceSeconds: 0 });
const { restart } = fixture;
const closing: (() => void)[] = [];
// Before the gateway closes: hooks after a test run in reverse order.
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function overWebSocket(bearer = fixture.token): Subscriber {
  const client = createWsClient({
    url: fixture.gateway.url.replace("http:", "ws:"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${bearer}` },
    retryAttempts: 0,
  });
  closing.push(() => void client.dispose());
  return {
    subscribe: (query, variables) => client.iterate({ query, variables }) as AsyncIterableIterator<Event>,
    close: () => void client.dispose(),
  };
}

function overEvents(bearer = fixture.token): Subscriber {
  const client = createSseClient({
    url: fixture.gateway.url,
    headers: { authorization: `Bearer ${bearer}` },
    retryAttempts: 0,
  });
  closing.push(() => client.dispose());
  return {
    subscribe: (query, variables) => client.iterate({ query, variables }) as AsyncIterableIterator<Event>,
    close: () => client.dispose(),
  };
}

/** Everything that a subscription still brings. graphql-ws hands a terminal error over by throwing the list of errors. */
async function drain(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  try {
    for await (const event of events) all.push(event);
  } catch (errors) {
    if (!Array.isArray(errors)) throw errors;
    all.push({ errors });
  }
  return all;
}

describe.each([
  ["graphql-transport-ws", overWebSocket],
  ["server-sent events", overEvents],
])("over %s", (_, connect) => {
  test("shows each step of a creation, and ends when it has succeeded", async () => {
    const id = await createCluster(fixture);
    const events = connect().subscribe(PROGRESS, { id });
    expect((await events.next()).value).toMatchObject({ data: { operationProgress: { phase: "RUNNING" } } });
    await fixture.plane.reportProvisioning("team-a", "orders");
    expect((await events.next()).value).toMatchObject({
      data: {
        operationProgress: { phase: "RUNNING", steps: expect.arrayContaining([{ name: "accepted", state: "DONE" }]) },
      },
    });
    await fixture.plane.reportReady("team-a", "orders");
    const rest = await drain(events);
    expect(rest.at(-1)).toMatchObject({ data: { operationProgress: { phase: "SUCCEEDED" } } });
    await expect.poll(fixture.plane.openWatches).toBe(0);
  });

  test("refuses who may not watch, with the code that a query would have", async () => {
    const id = await createCluster(fixture);
    const before = fixture.plane.calls();
    const events = await drain(connect(await fixture.issuer.tokenFor("team-b")).subscribe(PROGRESS, { id }));
    expect(events).toEqual([
      { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: "FORBIDDEN" }) })] },
    ]);
    expect(fixture.plane.calls()).toBe(before);
  });

  test("closes the watch when the subscriber leaves, though nothing happens", async () => {
    const id = await createCluster(fixture);
    const subscriber = connect();
    await subscriber.subscribe(PROGRESS, { id }).next();
    await expect.poll(fixture.plane.openWatches).toBe(1);
    subscriber.close();
    await expect.poll(fixture.plane.openWatches).toBe(0);
  });

  test("ends when the gateway stops, and the gateway does not wait for the subscriber", async () => {
    const id = await createCluster(fixture);
    const events = connect().subscribe(PROGRESS, { id });
    await events.next();
    const rest = drain(events).catch(() => []);
    await fixture.gateway.close();
    await rest;
    await expect.poll(fixture.plane.openWatches).toBe(0);
  });

  test("masks an error in the middle of a stream", async () => {
    const id = await createCluster(fixture);
    const events = connect().subscribe(PROGRESS, { id });
    await events.next();
    await fixture.plane.breakWatches(new Error("postgres://app:CANARY@10.0.0.1/app"));
    const text = JSON.stringify(await drain(events));
    expect(text).toContain("Internal server error");
    expect(text).not.toContain("CANARY");
  });

  test("S173 a mutation is checked as over HTTP", async () => {
    const reader = await fixture.issuer.tokenFor("team-a", "namespace-reader");
    const [event] = await drain(connect(reader).subscribe(CREATE, { name: "orders" }));
    expect(event?.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    const [done] = await drain(connect().subscribe(CREATE, { name: "orders" }));
    expect(done?.errors).toBeUndefined();
  });

  test("keeps validation and the schema to itself as over HTTP", async () => {
    const [wrong] = await drain(connect().subscribe("subscription { operationProgres(id: 1) { id } }", {}));
    expect(wrong?.errors?.[0]).toMatchObject({ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } });
    expect(wrong?.errors?.[0]?.message).not.toContain("Did you mean");
    const [schema] = await drain(connect().subscribe("{ __schema { queryType { name } } }", {}));
    expect(schema?.data ?? undefined).toBeUndefined();
    expect(schema?.errors?.[0]?.message).toContain("introspection");
  });
});

test("S162 a WebSocket is closed with 4401 when its token expires, though nothing happens", async () => {
  const id = await createCluster(fixture);
  const exp = Math.floor(Date.now() / 1000) + 2;
  const socket = await openRawSocket(
    fixture.gateway.url,
    await fixture.issuer.tokenFor("team-a", "namespace-admin", { exp }),
  );
  socket.say({ type: "subscribe", id: "1", payload: { query: PROGRESS, variables: { id } } });
  expect(await socket.hear("next")).toBeDefined();
  expect(await socket.closed).toEqual([4401, "Token expired"]);
  expect(Date.now()).toBeGreaterThan(exp * 1000 - 50);
  expect(Date.now()).toBeLessThan(exp * 1000 + 1_000);
  await expect.poll(fixture.plane.openWatches).toBe(0);
});

test("S162 an event stream ends with UNAUTHENTICATED when its token expires", async () => {
  const id = await createCluster(fixture);
  const exp = Math.floor(Date.now() / 1000) + 2;
  const events = overEvents(await fixture.issuer.tokenFor("team-a", "namespace-admin", { exp })).subscribe(PROGRESS, {
    id,
  });
  const all = await drain(events);
  expect(all.at(-1)?.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED", reason: "Expired" });
  expect(Date.now()).toBeLessThan(exp * 1000 + 1_000);
  await expect.poll(fixture.plane.openWatches).toBe(0);
});

test("streams are bounded, both kinds together, and a place is free again when one ends", async () => {
  const id = await createCluster(fixture);
  await restart({ limits: { streams: 1 } });
  const first = await openRawSocket(fixture.gateway.url, fixture.token);
  const refused = await postForEvents({ query: PROGRESS, variables: { id } });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await (await connectRawSocket(fixture.gateway.url)).closed)[0]).toBe(1013);
  first.close();
  await first.closed;
  const accepted = await postForEvents({ query: PROGRESS, variables: { id } });
  expect(accepted.status).toBe(200);
  await accepted.body?.cancel();
});

test("an event stream over a limit, of another content type or by GET is refused before it begins", async () => {
  const deep = await postForEvents({ query: `{ ${"a { ".repeat(11)} b ${"}".repeat(11)} }` });
  expect(deep.status).toBe(400);
  expect(await deep.json()).toMatchObject({ errors: [{ extensions: { code: "LIMIT_EXCEEDED" } }] });
  const headers = { authorization: `Bearer ${fixture.token}`, accept: "text/event-stream" };
  const form = await fetch(fixture.gateway.url, {
    method: "POST",
    headers: { ...headers, "content-type": "text/plain" },
    body: "{}",
  });
  expect(form.status).toBe(415);
  const get = await fetch(`${fixture.gateway.url}?query=${encodeURIComponent(PROGRESS)}`, { headers });
  expect(get.status).toBe(400);
  const none = await fetch(fixture.gateway.url, {
    method: "POST",
    headers: { accept: "text/event-stream" },
    body: "{}",
  });
  expect(none.status).toBe(401);
});

test("S175 a hundred connections that come and go leave nothing behind", async () => {
  const id = await createCluster(fixture);
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const socket = await openRawSocket(fixture.gateway.url, fixture.token);
        socket.say({ type: "subscribe", id: "1", payload: { query: PROGRESS, variables: { id } } });
        await socket.hear("next");
        socket.close();
        await socket.closed;
      }),
    );
  }
  await expect.poll(fixture.plane.openWatches).toBe(0);
});

function postForEvents(body: object): Promise<Response> {
  return fetch(fixture.gateway.url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${fixture.token}`,
      accept: "text/event-stream",
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
}
