import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTokenIssuer, type TokenIssuer } from "../../test/support/token-issuer.js";
import type { RemoteKeySet } from "./auth-options.js";
import { type Authenticator, createAuthenticator } from "./authenticator.js";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let issuer: TokenIssuer;
let server: Server;
let answer: Answer;
let requests: number;
let uri: string;

const json =
  (body: unknown): Answer =>
  (_, response) =>
    response.setHeader("content-type", "application/json").end(JSON.stringify(body));

beforeEach(async () => {
  issuer = await createTokenIssuer();
  answer = json({ keys: [issuer.jwk] });
  requests = 0;
  server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const remote = (options: Partial<RemoteKeySet> = {}): Promise<Authenticator> =>
  createAuthenticator({ issuers: [{ ...issuer.options, jwks: { uri, ...options } }] });

const accepts = async (authenticate: Authenticator, token: string) => "principal" in (await authenticate(token));

test("fetches the keys once, for the first token", async () => {
  const authenticate = await remote();
  expect(requests).toBe(0);
  for (let i = 0; i < 3; i++) expect(await accepts(authenticate, await issuer.sign({ jti: `${i}` }))).toBe(true);
  expect(requests).toBe(1);
});

test("S065 takes up a new key with the first token that it signed, and keeps the old one while it is published", async () => {
  const authenticate = await remote({ cooldownMs: 1 });
  expect(await accepts(authenticate, await issuer.sign())).toBe(true);
  const next = await createTokenIssuer(issuer.options.issuer, "key-2");
  answer = json({ keys: [issuer.jwk, next.jwk] });
  await expect.poll(async () => accepts(authenticate, await next.sign({ jti: crypto.randomUUID() }))).toBe(true);
  expect(await accepts(authenticate, await issuer.sign({ jti: "old" }))).toBe(true);
});

test("S067 asks at most once a cooldown, however many unknown keys are named", async () => {
  const authenticate = await remote();
  await authenticate(await issuer.sign());
  for (let i = 0; i < 50; i++) expect(await accepts(authenticate, await issuer.sign({}, { kid: `k${i}` }))).toBe(false);
  expect(requests).toBe(1);
});

test("S068 believes warm keys while the issuer is down, and nothing once they are old", async () => {
  const authenticate = await remote({ maxAgeMs: 100 });
  expect(await accepts(authenticate, await issuer.sign({ jti: "1" }))).toBe(true);
  answer = (request) => request.socket.destroy();
  expect(await accepts(authenticate, await issuer.sign({ jti: "2" }))).toBe(true);
  await expect.poll(async () => accepts(authenticate, await issuer.sign({ jti: crypto.randomUUID() }))).toBe(false);
});

test("does not pass a flood on to an issuer that fails", async () => {
  answer = (_, response) => response.writeHead(500).end();
  const authenticate = await remote();
  for (let i = 0; i < 50; i++) expect(await accepts(authenticate, await issuer.sign({ jti: `${i}` }))).toBe(false);
  expect(requests).toBe(1);
});

test("gives up on an issuer that does not answer in time", async () => {
  answer = () => {};
  const authenticate = await remote({ timeoutMs: 50 });
  expect(await accepts(authenticate, await issuer.sign())).toBe(false);
});

test("S070 follows no redirect", async () => {
  const body = JSON.stringify({ keys: [issuer.jwk] });
  answer = (request, response) =>
    request.url === "/keys" ? response.writeHead(302, { location: "/other" }).end() : response.end(body);
  expect(await accepts(await remote(), await issuer.sign())).toBe(false);
  expect(requests).toBe(1);
});

describe("S071 an answer that is no key set refuses every token", () => {
  test.each<[string, Answer]>([
    ["HTML", (_, response) => response.setHeader("content-type", "text/html").end("<html></html>")],
    ["truncated JSON", (_, response) => response.end('{"keys":[')],
    ["keys that are an object", json({ keys: {} })],
    ["null for a key", json({ keys: [null] })],
    ["the right keys after more than 1 MiB of blanks", (_, response) => response.end(padded(1024 * 1024))],
    [
      "the right keys in a small answer that unpacks to 16 MiB",
      (_, response) => response.setHeader("content-encoding", "gzip").end(gzipSync(padded(16 * 1024 * 1024))),
    ],
    ["an endless one", (_, response) => writeForever(response)],
  ])("%s", async (_, given) => {
    answer = given;
    expect(await accepts(await remote(), await issuer.sign())).toBe(false);
  });

  test("and the same keys within 1 MiB do not", async () => {
    answer = (_, response) => response.end(padded(1024 * 1024 - 1024));
    expect(await accepts(await remote(), await issuer.sign())).toBe(true);
  });
});

test("S031, S032 takes neither a secret nor a private key for a public one", async () => {
  const { exportJWK } = await import("jose");
  answer = json({ keys: [{ kty: "oct", k: "c2VjcmV0", kid: "key-1", alg: "HS256" }] });
  expect(await accepts(await remote(), await issuer.sign())).toBe(false);
  answer = json({ keys: [{ ...(await exportJWK(issuer.privateKey)), kid: "key-1", alg: "ES256" }] });
  expect(await accepts(await remote(), await issuer.sign())).toBe(false);
});

test("reads keys from a file, and says which setting is wrong when it cannot", async () => {
  const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const directory = await mkdtemp(join(tmpdir(), "tenantry-keys-"));
  try {
    const file = join(directory, "jwks.json");
    const open = () => createAuthenticator({ issuers: [{ ...issuer.options, jwks: { file } }] });
    await expect(open()).rejects.toThrow("auth.issuers[0].jwks.file");
    await writeFile(file, "not JSON");
    await expect(open()).rejects.toThrow("is not JSON");
    await writeFile(file, JSON.stringify({ keys: [issuer.jwk] }));
    expect(await accepts(await open(), await issuer.sign())).toBe(true);
  } finally {
    await rm(directory, { recursive: true });
  }
});

function padded(bytes: number): string {
  return " ".repeat(bytes) + JSON.stringify({ keys: [issuer.jwk] });
}

function writeForever(response: ServerResponse): void {
  const chunk = " ".repeat(64 * 1024);
  const write = () => {
    while (!response.destroyed && response.write(chunk)) {
      // As fast as the reader takes it.
    }
  };
  response.on("drain", write);
  write();
}
