import { describe, expect, it } from "vitest";
import { json } from "../../../test/answering-server.js";
import { failure, READ, status, useKubeconfigTransport } from "../../../test/use-kubeconfig-transport.js";

const fixture = useKubeconfigTransport();

describe("an answer", () => {
  it("hands each warning to the caller", async () => {
    const warning = ['299 - "first, with a comma and \\"quotes\\""', '299 - "second"', '110 - "a cache\'s own"'];
    fixture.server.answer = (_, response) => json(response, 200, {}, { Warning: warning });
    const warnings: string[] = [];
    await fixture.transport.send({ ...READ, onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual(['first, with a comma and "quotes"', "second"]);
  });

  it("that is a Status becomes an error by its reason, with the wish to be asked later", async () => {
    fixture.server.answer = (_, response) => json(response, 409, status(409, "AlreadyExists"));
    expect(await failure(fixture.transport.send(READ))).toMatchObject({
      code: "already_exists",
      reason: "AlreadyExists",
    });
    fixture.server.answer = (_, response) =>
      json(response, 429, status(429, "TooManyRequests"), { "Retry-After": "7" });
    expect(await failure(fixture.transport.send(READ))).toMatchObject({
      code: "resource_exhausted",
      retryAfterMs: 7000,
    });
    fixture.server.answer = (_, response) =>
      json(response, 422, status(422, "Invalid", { causes: [{ field: "spec.x", message: "bad" }] }));
    expect(await failure(fixture.transport.send(READ))).toMatchObject({
      violations: [{ field: "spec.x", message: "bad" }],
    });
  });

  it("in plain text, as an overloaded API server sends it, keeps the text and Retry-After", async () => {
    fixture.server.answer = (_, response) => {
      response.writeHead(429, { "Content-Type": "text/plain; charset=utf-8", "Retry-After": "1" });
      response.end("Too many requests, please try again later.\n");
    };
    const error = await failure(fixture.transport.send(READ));
    expect(error).toMatchObject({ code: "resource_exhausted", retryAfterMs: 1000 });
    expect(error.message).toContain("Too many requests, please try again later.");
  });

  it("in plain text that echoes our credentials is not quoted", async () => {
    fixture.server.answer = ({ headers }, response) => {
      response.writeHead(403, { "Content-Type": "text/plain" });
      response.end(`you sent ${headers.authorization}`);
    };
    const error = await failure(fixture.transport.send(READ));
    expect(error).toMatchObject({ code: "permission_denied" });
    expect(error.message).not.toContain("t0ken");
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
    fixture.server.answer = (_, response) => {
      response.writeHead(httpStatus, { "Content-Type": "text/html" });
      response.end("<html>Authorization: Bearer t0ken</html>");
    };
    const error = await failure(fixture.transport.send(READ));
    expect(error).toMatchObject({ code });
    expect(error.message).not.toMatch(/html>|t0ken/);
  });

  it("that is cut off or is no JSON is unavailable, and nothing of it is quoted", async () => {
    fixture.server.answer = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
      response.write('{"data":{"password":"c2VjcmV0', () => response.destroy());
    };
    expect(await failure(fixture.transport.send(READ))).toMatchObject({
      code: "unavailable",
      reason: "ConnectionLost",
    });
    fixture.server.answer = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end('{"data":{"password":"c2VjcmV0');
    };
    const error = await failure(fixture.transport.send(READ));
    expect(error).toMatchObject({ code: "unavailable", reason: "BrokenAnswer" });
    expect(JSON.stringify([error, error.message, String(error.cause)])).not.toContain("c2VjcmV0");
  });
});
