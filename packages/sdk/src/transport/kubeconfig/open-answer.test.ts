import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:net";
import { describe, expect, it } from "vitest";
import { startAnsweringServer } from "../../../test/answering-server.js";
import { failure, READ, useKubeconfigTransport } from "../../../test/use-kubeconfig-transport.js";

const fixture = useKubeconfigTransport();

describe("a server that is not well", () => {
  it("refuses connections: unavailable, and the request certainly was not sent", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    listener.close();
    const port = typeof address === "object" ? address?.port : 0;
    const away = await fixture.open({
      kubeconfig: await fixture.server.kubeconfig({ token: "t0ken" }, { server: `https://me:pa55@127.0.0.1:${port}` }),
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
    const away = await fixture.open({
      kubeconfig: await fixture.server.kubeconfig({}, { server: `https://127.0.0.1:${port}` }),
      connectTimeoutMs: 50,
    });
    expect(await failure(away.send(READ))).toMatchObject({ code: "unavailable", reason: "NotConnected" });
    silent.close();
  });

  it("takes the request and drops the connection: unavailable, and the request may have been served", async () => {
    fixture.server.answer = (_, response) => response.destroy();
    expect(await failure(fixture.transport.send({ ...READ, verb: "create", body: {} }))).toMatchObject({
      code: "unavailable",
      reason: "ConnectionLost",
    });
  });

  it("never answers: deadline_exceeded once the time is up, and the connection is closed", async () => {
    fixture.server.answer = () => {};
    const hasty = await fixture.open({ kubeconfig: await fixture.server.kubeconfig(), timeoutMs: 50 });
    expect(await failure(hasty.send(READ))).toMatchObject({ code: "deadline_exceeded" });
    await expect.poll(() => fixture.server.connections().open).toBe(0);
  });

  it("is not signed by the kubeconfig's authority, or has another name: unavailable, and says which", async () => {
    const stranger = await startAnsweringServer();
    try {
      const ca = Buffer.from(stranger.authority.ca).toString("base64");
      const other = await fixture.open({
        kubeconfig: await fixture.server.kubeconfig({}, { "certificate-authority-data": ca }),
      });
      expect((await failure(other.send(READ))).message).toContain(
        "not signed by the kubeconfig's certificate authority",
      );
      const renamed = await fixture.open({
        kubeconfig: await fixture.server.kubeconfig({}, { "tls-server-name": "other.tenantry.test" }),
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
    await expect(fixture.transport.send({ ...READ, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(fixture.server.requests).toHaveLength(0);
  });

  it("before the answer, and within it, rejects with the caller's reason and closes the connection", async () => {
    for (const answer of [
      () => {},
      (_: unknown, response: ServerResponse) =>
        void response.writeHead(200, { "Content-Type": "application/json" }).write("{"),
    ]) {
      fixture.server.answer = answer;
      const caller = new AbortController();
      const arrived = fixture.server.requests.length;
      const call = fixture.transport.send({ ...READ, signal: caller.signal });
      call.catch(() => {});
      await expect.poll(() => fixture.server.requests.length).toBeGreaterThan(arrived);
      caller.abort(reason);
      await expect(call).rejects.toBe(reason);
      await expect.poll(() => fixture.server.connections().open).toBe(0);
    }
  });
});
