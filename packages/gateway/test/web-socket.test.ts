import { describe, expect, test } from "vitest";
import { createCluster, PROGRESS } from "./support/operation-progress.js";
import { connectRawSocket, openRawSocket, type RawSocketOptions } from "./support/raw-socket.js";
import { useGateway } from "./support/use-gateway.js";

const fixture = useGateway();
const { restart } = fixture;

const connectSocket = (options?: RawSocketOptions, suffix = "") =>
  connectRawSocket(fixture.gateway.url + suffix, options);
const openSocket = (bearer: string) => openRawSocket(fixture.gateway.url, bearer);

describe("a WebSocket", () => {
  test.each([
    ["no token", {}],
    ["a wrong one", { authorization: "Bearer x.y.z" }],
    ["a token without scheme", { authorization: "eyJ" }],
    ["no text", { authorization: 1 }],
  ])("S158 is closed with 4401 for %s, and nothing is subscribed", async (_, payload) => {
    const id = await createCluster(fixture);
    const before = fixture.plane.calls();
    const socket = await connectSocket();
    socket.say({ type: "connection_init", payload });
    socket.say({ type: "subscribe", id: "1", payload: { query: PROGRESS, variables: { id } } });
    expect(await socket.closed).toEqual([4401, "Unauthorized"]);
    expect(socket.heard).toEqual([]);
    expect(fixture.plane.calls()).toBe(before);
  });

  test("takes the token from its Authorization header, and none from the address", async () => {
    const withHeader = await connectSocket({ headers: { authorization: `Bearer ${fixture.token}` } });
    withHeader.say({ type: "connection_init" });
    expect(await withHeader.hear("connection_ack")).toBeDefined();
    withHeader.close();
    const inAddress = await connectSocket({}, `?authorization=Bearer%20${fixture.token}&token=${fixture.token}`);
    inAddress.say({ type: "connection_init" });
    expect(await inAddress.closed).toEqual([4401, "Unauthorized"]);
    await expect(connectSocket({ headers: { authorization: "Bearer x.y.z" } })).rejects.toThrow("401");
  });

  test("S157 from a page of another origin is refused, from a configured one it is not", async () => {
    await restart({ cors: { origins: ["https://app.example"] } });
    await expect(connectSocket({ origin: "https://evil.test" })).rejects.toThrow("403");
    (await connectSocket({ origin: "https://app.example" })).close();
  });

  test("at another path is refused", async () => {
    await expect(connectSocket({}, "/../other")).rejects.toThrow("404");
  });

  test("S160 that says nothing is closed with 4408, one that says hello twice with 4429", async () => {
    const silent = await connectSocket();
    const socket = await openSocket(fixture.token);
    socket.say({ type: "connection_init", payload: {} });
    expect(await socket.closed).toEqual([4429, "Too many initialisation requests"]);
    expect(await silent.closed).toEqual([4408, "Connection initialisation timeout"]);
  });

  test("S161 that uses an id twice is closed with 4409, one with too many subscriptions with 4429", async () => {
    const id = await createCluster(fixture);
    await restart({ limits: { subscriptions: 2 } });
    const twice = await openSocket(fixture.token);
    const subscribe = (name: string) => ({
      type: "subscribe",
      id: name,
      payload: { query: PROGRESS, variables: { id } },
    });
    twice.say(subscribe("1"));
    await twice.hear("next");
    twice.say(subscribe("1"));
    expect((await twice.closed)[0]).toBe(4409);
    const many = await openSocket(fixture.token);
    for (const name of ["1", "2", "3"]) many.say(subscribe(name));
    expect(await many.closed).toEqual([4429, "Too many subscriptions"]);
    await expect.poll(fixture.plane.openWatches).toBe(0);
  });

  test("S056 that sends too much is closed with 1009, and S110 an operation over a limit is refused alone", async () => {
    const socket = await openSocket(fixture.token);
    const deep = `{ ${"a { ".repeat(11)} b ${"}".repeat(11)} }`;
    socket.say({ type: "subscribe", id: "1", payload: { query: deep } });
    expect(await socket.hear("error")).toMatchObject({
      payload: [{ extensions: { code: "LIMIT_EXCEEDED", limit: "depth" } }],
    });
    socket.say({ type: "ping", payload: { pad: "x".repeat(200 * 1024) } });
    expect((await socket.closed)[0]).toBe(1009);
  });

  test("that speaks nonsense is closed, and the next one is served", async () => {
    const socket = await openSocket(fixture.token);
    socket.say({ type: "nonsense" });
    expect((await socket.closed)[0]).toBe(4400);
    (await openSocket(fixture.token)).close();
  });

  test("gets a pong for a ping", async () => {
    const socket = await openSocket(fixture.token);
    socket.say({ type: "ping" });
    expect(await socket.hear("pong")).toBeDefined();
    socket.close();
  });
});
