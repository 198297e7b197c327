import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AnsweringServer, json, startAnsweringServer } from "../../../test/answering-server.js";
import { SECRETS } from "../../kubernetes/object.js";
import { createKubeconfigTransport, type KubeconfigTransport } from "./index.js";

const READ = { verb: "get", resource: SECRETS, namespace: "team-a", name: "a" } as const;
const UNAUTHORIZED = {
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  reason: "Unauthorized",
  code: 401,
};

let server: AnsweringServer;
const opened: KubeconfigTransport[] = [];
beforeAll(async () => {
  server = await startAnsweringServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.answer = (_, response) => json(response, 200, {});
});
afterEach(() => {
  for (const transport of opened.splice(0)) transport.close();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

async function as(user: object, cluster?: object): Promise<KubeconfigTransport> {
  const transport = await createKubeconfigTransport({ kubeconfig: await server.kubeconfig(user, cluster) });
  opened.push(transport);
  return transport;
}

/** Lets in who brings this token. */
function demand(token: string): void {
  server.answer = ({ headers }, response) =>
    headers.authorization === `Bearer ${token}` ? json(response, 200, {}) : json(response, 401, UNAUTHORIZED);
}

const tokens = () => server.requests.map(({ headers }) => headers.authorization);

/** A credential plugin that gives out token-1, token-2, ... and counts in a file. */
async function plugin(name: string): Promise<{ exec: object; runs: () => Promise<number> }> {
  const count = join(server.directory, `${name}.count`);
  const script = join(server.directory, `${name}.mjs`);
  await writeFile(count, "");
  await writeFile(
    script,
    `import { appendFileSync, readFileSync } from "node:fs";
     appendFileSync(${JSON.stringify(count)}, "x");
     const token = "token-" + readFileSync(${JSON.stringify(count)}).length;
     const expirationTimestamp = new Date(Date.now() + 3600000).toISOString();
     console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status: { token, expirationTimestamp } }));`,
  );
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: process.execPath,
    args: [script],
    interactiveMode: "Never",
  };
  return { exec, runs: async () => (await readFile(count)).length };
}

/** Answers in place of an identity provider and hands out the token "renewed". */
function identityProvider() {
  const issuer = "https://idp.tenantry.test";
  const now = Math.floor(Date.now() / 1000);
  const token = (claims: object) => {
    const payload = { iss: issuer, aud: "tenantry", sub: "alice", iat: now, exp: now + 3600, ...claims };
    const [header, body] = [{ alg: "RS256" }, payload].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    return `${header}.${body}.c2lnbmF0dXJl`;
  };
  const grants: string[] = [];
  vi.stubGlobal("fetch", async (url: string | URL, init?: { body?: unknown }) => {
    if (String(url).endsWith("/.well-known/openid-configuration")) {
      return Response.json({ issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` });
    }
    grants.push(String(init?.body));
    const tokens = { id_token: token({ jti: "renewed" }), refresh_token: "r-2" };
    return Response.json({ access_token: "x", token_type: "bearer", expires_in: 3600, ...tokens });
  });
  const config = { "idp-issuer-url": issuer, "client-id": "tenantry", "refresh-token": "r-1" };
  return { config, grants, token };
}

describe("credentials", () => {
  it("come from a client certificate", async () => {
    const { certificate, key } = server.authority.client;
    const encoded = (pem: string) => Buffer.from(pem).toString("base64");
    const transport = await as({ "client-certificate-data": encoded(certificate), "client-key-data": encoded(key) });
    await transport.send(READ);
    expect(server.requests.map(({ clientName }) => clientName)).toEqual(["alice"]);
    expect(tokens()).toEqual([undefined]);
  });

  it("come from a user name and password", async () => {
    await (await as({ username: "alice", password: "pa55" })).send(READ);
    expect(tokens()).toEqual([`Basic ${Buffer.from("alice:pa55").toString("base64")}`]);
  });

  it("may be none at all, and the certificate authority is still used", async () => {
    const file = await server.kubeconfig();
    const config = JSON.parse(await readFile(file, "utf8"));
    delete config.contexts[0].context.user;
    await writeFile(file, JSON.stringify(config));
    const transport = await createKubeconfigTransport({ kubeconfig: file });
    opened.push(transport);
    await transport.send(READ);
    expect(tokens()).toEqual([undefined]);
  });

  it("come from a plugin, run once for calls that start together", async () => {
    const { exec, runs } = await plugin("together");
    const transport = await as({ exec });
    await Promise.all(Array.from({ length: 10 }, () => transport.send(READ)));
    expect(new Set(tokens())).toEqual(new Set(["Bearer token-1"]));
    expect(await runs()).toBe(1);
  });

  it("are asked of the plugin again after a 401, once for calls that were refused together", async () => {
    const { exec, runs } = await plugin("again");
    demand("token-2");
    const transport = await as({ exec });
    await Promise.all(Array.from({ length: 5 }, () => transport.send(READ)));
    expect(await runs()).toBe(2);
    await transport.send(READ);
    expect(tokens().at(-1)).toBe("Bearer token-2");
  });

  it("are not asked for over and over when new ones are refused too", async () => {
    const { exec, runs } = await plugin("refused");
    demand("another");
    const transport = await as({ exec });
    for (let call = 0; call < 5; call++)
      await expect(transport.send(READ)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await runs()).toBe(2);
  });

  it("are renewed for a watch as well", async () => {
    const { exec } = await plugin("watch");
    server.answer = ({ headers }, response) =>
      headers.authorization === "Bearer token-2" ? response.writeHead(200).end() : json(response, 401, UNAUTHORIZED);
    for await (const _ of (await as({ exec })).watch({ resource: SECRETS })) throw new Error("there is no event");
    expect(tokens()).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  it("are read from the token file again after a 401, without the newline at its end", async () => {
    const tokenFile = join(server.directory, "token");
    await writeFile(tokenFile, "old\n");
    const transport = await as({ "auth-provider": { name: "tokenFile", config: { tokenFile } } });
    demand("old");
    await transport.send(READ);
    await writeFile(tokenFile, "new\n");
    demand("new");
    await transport.send(READ);
    expect(tokens()).toEqual(["Bearer old", "Bearer old", "Bearer new"]);
  });

  it("are refreshed with the identity provider after a 401", async () => {
    const { config, grants, token } = identityProvider();
    demand(token({ jti: "renewed" }));
    const first = token({ jti: "first" });
    await (await as({ "auth-provider": { name: "oidc", config: { ...config, "id-token": first } } })).send(READ);
    expect(tokens()).toEqual([`Bearer ${first}`, `Bearer ${token({ jti: "renewed" })}`]);
    expect(grants).toEqual([expect.stringContaining("r-1")]);
  });

  it("are refreshed once with the identity provider when they have expired, not at every call", async () => {
    const { config, grants, token } = identityProvider();
    demand(token({ jti: "renewed" }));
    const expired = token({ jti: "first", exp: Math.floor(Date.now() / 1000) - 60 });
    const transport = await as({ "auth-provider": { name: "oidc", config: { ...config, "id-token": expired } } });
    await transport.send(READ);
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 60_000);
    await transport.send(READ);
    vi.restoreAllMocks();
    expect(tokens()).toEqual(Array(2).fill(`Bearer ${token({ jti: "renewed" })}`));
    expect(grants).toHaveLength(1);
  });

  it("that a plugin cannot give are unauthenticated, and what it printed is told to nobody", async () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "sh",
      args: ["-c", "echo s3cret >&2; exit 3"],
    };
    const error = await (await as({ exec })).send(READ).catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: "unauthenticated" });
    expect(String((error as Error).message)).toContain('the plugin "sh" failed');
    expect(`${(error as Error).stack} ${JSON.stringify(error)} ${(error as Error).cause}`).not.toContain("s3cret");
  });

  it("do not hold a caller who aborts while a plugin hangs", async () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: ["-e", "setTimeout(() => {}, 500)"],
    };
    const caller = new AbortController();
    const reason = new Error("the caller's own");
    const call = (await as({ exec })).send({ ...READ, signal: caller.signal });
    caller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});

describe("a kubeconfig", () => {
  it("may name the server's certificate differently from its address", async () => {
    await (await as({}, { "tls-server-name": "api.tenantry.test" })).send(READ);
    expect(server.requests).toHaveLength(1);
  });

  it("may name a proxy, whose connection is kept as well", async () => {
    const targets: string[] = [];
    const proxy = createServer().on("connect", (request, client, head) => {
      targets.push(String(request.url));
      const [host, port] = String(request.url).split(":");
      const upstream = connect(Number(port), String(host), () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on("error", () => client.destroy());
      client.on("error", () => upstream.destroy());
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const { port } = proxy.address() as AddressInfo;
    const transport = await as({ token: "t" }, { "proxy-url": `http://127.0.0.1:${port}` });
    for (let call = 0; call < 5; call++) await transport.send(READ);
    expect(targets).toEqual([server.host]);
    transport.close();
    proxy.close();
  });

  it("is found by KUBECONFIG", async () => {
    vi.stubEnv("KUBECONFIG", await server.kubeconfig({ token: "from-env" }));
    const transport = await createKubeconfigTransport();
    opened.push(transport);
    await transport.send(READ);
    expect(tokens()).toEqual(["Bearer from-env"]);
  });

  it("that is nowhere is invalid_argument and says what to do", async () => {
    vi.stubEnv("KUBECONFIG", "");
    vi.stubEnv("HOME", server.directory);
    await expect(createKubeconfigTransport()).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining("set KUBECONFIG"),
    });
  });

  it.each([
    ["an absent file", undefined, "does not exist"],
    ["broken YAML", 'users:\n- user: {token: "s3cret\n', "no valid YAML, line"],
    ["YAML that is no kubeconfig", "clusters: [{cluster: {server: s3cret}}]", "no valid kubeconfig"],
    ["an unknown context", "current-context: s3cret", 'there is no context "s3cret"; the kubeconfig has none'],
  ])("that is %s is invalid_argument and nothing of it is quoted but names", async (name, text, said) => {
    const kubeconfig = join(server.directory, name.replaceAll(" ", "-"));
    if (text !== undefined) await writeFile(kubeconfig, text);
    const error: Error = await createKubeconfigTransport({ kubeconfig }).then(
      () => new Error("it did not fail"),
      (caught: Error) => caught,
    );
    expect(error).toMatchObject({ code: "invalid_argument", violations: [{}] });
    expect(error.message).toContain(said);
    if (!said.includes("s3cret")) expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain("s3cret");
  });

  it("tells which contexts there are when asked for another", async () => {
    await expect(
      createKubeconfigTransport({ kubeconfig: await server.kubeconfig(), context: "prod" }),
    ).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining('no context "prod"; the kubeconfig has "default"'),
    });
  });

  it("may not send tokens without TLS unless it says so", async () => {
    const transport = await as({ token: "t0ken" }, { server: `http://${server.host}` });
    await expect(transport.send(READ)).rejects.toMatchObject({ code: "invalid_argument" });
  });
});
