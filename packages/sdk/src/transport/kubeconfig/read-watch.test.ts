import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { json } from "../../../test/answering-server.js";
import { collect, failure, status, useKubeconfigTransport, WATCH } from "../../../test/use-kubeconfig-transport.js";

const fixture = useKubeconfigTransport();

describe("a watch", () => {
  const line = (name: string, type = "ADDED") =>
    `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: "8" } } })}\n`;
  const stream = (write: (response: ServerResponse) => void) => {
    fixture.server.answer = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.flushHeaders();
      write(response);
    };
  };

  it("asks for what it was told to ask and ends when the server closes it", async () => {
    stream((response) => response.end(line("a") + line("b", "DELETED")));
    const events = fixture.transport.watch({
      ...WATCH,
      allowWatchBookmarks: true,
      timeoutSeconds: 9,
      labelSelector: "x=y",
    });
    expect(await collect(events)).toEqual(["ADDED a", "DELETED b"]);
    expect(fixture.server.requests[0]?.url).toBe(
      "/api/v1/namespaces/team-a/secrets?watch=true&labelSelector=x%3Dy&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=9",
    );
  });

  it("survives chunks that split lines and characters", async () => {
    const bytes = Buffer.from(line("naïve-☃-😀") + line("b"));
    stream(async (response) => {
      for (const byte of bytes) await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
      response.end();
    });
    expect(await collect(fixture.transport.watch(WATCH))).toEqual(["ADDED naïve-☃-😀", "ADDED b"]);
  });

  it("throws an ERROR event as what its Status says", async () => {
    const gone = { type: "ERROR", object: status(410, "Expired") };
    stream((response) => response.end(`${line("a")}${JSON.stringify(gone)}\n`));
    expect(await failure(collect(fixture.transport.watch(WATCH)))).toMatchObject({
      code: "expired",
      reason: "Expired",
    });
  });

  it("is refused with what the Status says", async () => {
    fixture.server.answer = (_, response) => json(response, 403, status(403, "Forbidden"));
    expect(await failure(collect(fixture.transport.watch(WATCH)))).toMatchObject({ code: "permission_denied" });
  });

  it.each([
    ["a broken line", `${line("a")}{"type":"ADDED","object":{"data":"c2VjcmV0\n`],
    ["an unknown type", `${line("a")}{"type":"SIDEWAYS","object":{}}\n`],
    ["an end within a line", `${line("a")}{"type":"ADDED"`],
  ])("is unavailable after %s, which is not dropped silently", async (_, text) => {
    stream((response) => response.end(text));
    const error = await failure(collect(fixture.transport.watch(WATCH)));
    expect(error).toMatchObject({ code: "unavailable", reason: "BrokenAnswer" });
    expect(error.message).not.toContain("c2VjcmV0");
  });

  it("is unavailable when the connection drops", async () => {
    stream((response) => response.write(line("a"), () => response.destroy()));
    expect(await failure(collect(fixture.transport.watch(WATCH)))).toMatchObject({
      code: "unavailable",
      reason: "ConnectionLost",
    });
  });

  it("is unavailable when it is silent for longer than the server was asked to keep it", async () => {
    stream(() => {});
    const hasty = await fixture.open({ kubeconfig: await fixture.server.kubeconfig(), watchMarginMs: 20 });
    const error = await failure(collect(hasty.watch({ ...WATCH, timeoutSeconds: 0.01 })));
    expect(error).toMatchObject({ code: "unavailable" });
    expect(error.message).toContain("fell silent");
  });

  it("outlives the time limit of calls", async () => {
    const LIMIT_MS = 1_000; // room for a TLS handshake on a busy machine
    let response: ServerResponse | undefined;
    stream((opened) => {
      response = opened;
    });
    const hasty = await fixture.open({ kubeconfig: await fixture.server.kubeconfig(), timeoutMs: LIMIT_MS });
    const events = hasty.watch(WATCH)[Symbol.asyncIterator]();
    const next = events.next();
    await expect.poll(() => response).toBeDefined();
    const late = performance.now() + 2 * LIMIT_MS;
    await expect.poll(() => performance.now() > late, { timeout: 10 * LIMIT_MS }).toBe(true);
    response?.write(line("late"));
    expect((await next).value).toMatchObject({ object: { metadata: { name: "late" } } });
    await events.return?.();
  });

  describe("disconnects at once", () => {
    it("when the loop is left", async () => {
      stream((response) => response.write(line("a")));
      for await (const { type } of fixture.transport.watch(WATCH)) {
        expect(type).toBe("ADDED");
        break;
      }
      await expect.poll(() => fixture.server.connections().open).toBe(0);
    });

    it("when the iterator is returned while it waits", async () => {
      stream(() => {});
      const events = fixture.transport.watch(WATCH)[Symbol.asyncIterator]();
      const pending = events.next();
      await expect.poll(() => fixture.server.requests.length).toBe(1);
      await events.return?.();
      expect(await pending).toEqual({ done: true, value: undefined });
      await expect.poll(() => fixture.server.connections().open).toBe(0);
    });

    it("when the caller aborts, and rejects with the caller's reason", async () => {
      stream((response) => response.write(line("a")));
      const caller = new AbortController();
      const reason = new Error("the caller's own");
      const consume = async () => {
        for await (const _ of fixture.transport.watch({ ...WATCH, signal: caller.signal })) caller.abort(reason);
      };
      await expect(consume()).rejects.toBe(reason);
      await expect.poll(() => fixture.server.connections().open).toBe(0);
    });
  });
});
