import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { NAMESPACES } from "@tenantry/sdk";
import { describe, expect, it, vi } from "vitest";
import { ApiError, type ApiWatchEvent } from "../../src/apiserver/api-server.js";
import { objectOf, ScriptedApiServer } from "./scripted-api-server.js";
import { serveForTest, statusOf } from "./serve-for-test.js";

const WATCH = "/api/v1/namespaces?watch=true";
const added = (name: string): ApiWatchEvent => ({ type: "ADDED", object: objectOf(NAMESPACES, name) });

async function linesOf(response: IncomingMessage): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: response })) lines.push(JSON.parse(line));
  return lines;
}

describe("a watch", () => {
  it("sends its headers at once, with nothing to tell yet", async () => {
    const face = await serveForTest(new ScriptedApiServer());
    const response = await face.open(WATCH);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({ "content-type": "application/json", "transfer-encoding": "chunked" });
    response.destroy();
  });

  it("writes one event a line and ends cleanly with its source", async () => {
    const api = new ScriptedApiServer({
      async *watch() {
        yield added("a");
        yield { type: "BOOKMARK", object: objectOf(NAMESPACES, "") };
      },
    });
    const face = await serveForTest(api);
    const response = await face.open(WATCH);
    expect(await linesOf(response)).toMatchObject([
      { type: "ADDED", object: { metadata: { name: "a" } } },
      { type: "BOOKMARK" },
    ]);
    expect(response.complete).toBe(true);
  });

  it("passes its parameters on, and the name in its path as a selector", async () => {
    const api = new ScriptedApiServer({ watch: async function* () {} });
    const face = await serveForTest(api);
    await linesOf(
      await face.open(
        `${WATCH}&resourceVersion=4&timeoutSeconds=3&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&labelSelector=a`,
      ),
    );
    await linesOf(await face.open("/api/v1/namespaces/a?watch=1&fieldSelector=metadata.name%3Da"));
    await linesOf(await face.open("/api/v1/watch/namespaces/a"));
    expect(api.watches).toMatchObject([
      {
        resourceVersion: "4",
        timeoutSeconds: 3,
        allowWatchBookmarks: true,
        sendInitialEvents: true,
        resourceVersionMatch: "NotOlderThan",
        labelSelector: "a",
      },
      { fieldSelector: "metadata.name=a,metadata.name=a", allowWatchBookmarks: false },
      { fieldSelector: "metadata.name=a" },
    ]);
    expect(api.watches[1]?.timeoutSeconds).toBeGreaterThanOrEqual(1800);
  });

  it("refuses a wrong request with an HTTP error", async () => {
    const api = new ScriptedApiServer({
      watch: () => {
        throw new ApiError(400, "BadRequest", "invalid resource version");
      },
    });
    const face = await serveForTest(api);
    expect(statusOf(await face.ask(WATCH))).toMatchObject({ code: 400, message: "invalid resource version" });
    expect((await face.ask(WATCH, { headers: { accept: "text/html" } })).status).toBe(406);
  });

  it("tells of a failure on the way as its last event", async () => {
    const api = new ScriptedApiServer({
      async *watch() {
        yield added("a");
        throw new ApiError(410, "Expired", "too old resource version: 1 (9)");
      },
    });
    const face = await serveForTest(api);
    expect((await linesOf(await face.open(WATCH)))[1]).toMatchObject({
      type: "ERROR",
      object: { kind: "Status", code: 410, reason: "Expired", message: "too old resource version: 1 (9)" },
    });
  });

  it("tells nothing of a bug of ours", async () => {
    const panics: unknown[] = [];
    const api = new ScriptedApiServer({
      async *watch() {
        yield added("a");
        throw new Error("hunter2");
      },
    });
    const face = await serveForTest(api, { onPanic: (error) => panics.push(error) });
    const events = await linesOf(await face.open(WATCH));
    expect(events).toMatchObject([
      { type: "ADDED" },
      { type: "ERROR", object: { code: 500, reason: "InternalError" } },
    ]);
    expect(JSON.stringify(events)).not.toContain("hunter2");
    expect(panics).toEqual([new Error("hunter2")]);
  });

  it("is written as rows of a Table, the columns once", async () => {
    const api = new ScriptedApiServer({
      async *watch() {
        yield added("a");
        yield { type: "MODIFIED", object: objectOf(NAMESPACES, "b") };
        throw new ApiError(410, "Expired", "too old");
      },
    });
    const face = await serveForTest(api);
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    const events = await linesOf(await face.open(WATCH, { headers: { accept } }));
    expect(events).toMatchObject([
      { type: "ADDED", object: { kind: "Table", columnDefinitions: [{ name: "Name" }], rows: [{ cells: ["a"] }] } },
      { type: "MODIFIED", object: { kind: "Table", columnDefinitions: null, rows: [{ cells: ["b"] }] } },
      { type: "ERROR", object: { kind: "Status" } },
    ]);
  });
});

describe("the end of a watch", () => {
  it("frees the watcher as soon as the client is gone", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const responses = await Promise.all([1, 2, 3].map(() => face.open(WATCH)));
    expect(api.openWatches).toBe(3);
    for (const response of responses) response.destroy();
    await vi.waitFor(() => expect(api.openWatches).toBe(0));
  });

  it("is clean when the server closes, and closing does not wait for clients", async () => {
    const api = new ScriptedApiServer();
    const face = await serveForTest(api);
    const response = await face.open(WATCH);
    const lines = linesOf(response);
    const started = Date.now();
    await face.close();
    expect(Date.now() - started).toBeLessThan(2000);
    expect(await lines).toEqual([]);
    expect(response.complete).toBe(true);
    expect(api.openWatches).toBe(0);
  });

  it("comes for a client that takes nothing, with bounded memory", async () => {
    let produced = 0;
    const large = { ...objectOf(NAMESPACES, "a"), data: "x".repeat(1024 * 1024) };
    const api = new ScriptedApiServer({
      async *watch({ signal }) {
        while (signal?.aborted !== true) {
          produced++;
          yield { type: "MODIFIED", object: large };
        }
      },
    });
    const face = await serveForTest(api, { watchStallMs: 300 });
    const response = await face.open(WATCH);
    response.pause();
    response.on("error", () => undefined);
    await vi.waitFor(() => expect(api.openWatches).toBe(0), 10_000);
    expect(produced).toBeLessThan(64); // MiB: what the sockets of both sides hold
    const closed = new Promise((resolve) => response.once("close", resolve));
    response.resume();
    await closed;
    expect(response.complete).toBe(false);
  });

  it("does not come for one that is merely quiet", async () => {
    const watchStallMs = 50;
    const api = new ScriptedApiServer({
      async *watch() {
        yield added("a");
        await pause(4 * watchStallMs);
        yield added("b");
      },
    });
    const face = await serveForTest(api, { watchStallMs });
    expect(await linesOf(await face.open(WATCH))).toHaveLength(2);
  });
});
