import { execFile, spawnSync } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ReadyLine } from "../../src/bin/dev/ready-message.js";
import { post } from "../support/graphql-client.js";
import { CommandProcess, runCommand, START_MS } from "./command-process.js";
import { query, refusalWithoutTls } from "./query.js";
import { awaitOperation, type Credentials, createCluster, revealCredentials } from "./team-a.js";
import { makeDirectory, testUsers } from "./users.js";

const run = promisify(execFile);
const has = (program: string): boolean => spawnSync(program, ["--help"]).status === 0;

vi.setConfig({ testTimeout: START_MS, hookTimeout: START_MS });
const { users, note, remove } = testUsers();
afterAll(remove);
if (note !== undefined) process.stderr.write(`tenantry dev: ${note}\n`);

describe.each(users)("tenantry dev as $label", (user) => {
  let directory: string;
  let command: CommandProcess;
  let ready: ReadyLine;
  let teamA: string;
  let teamB: string;
  let credentials: Credentials;

  const start = (): CommandProcess =>
    new CommandProcess(["dev", "--json", "--port", "0", "--directory", directory], user);

  beforeAll(async () => {
    directory = makeDirectory(user);
    command = start();
    ready = await command.ready();
    teamA = ready.tokens["team-a"];
    teamB = ready.tokens["team-b"];
  });
  afterAll(async () => {
    await command.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it("says on one line where everything is, and keeps secrets to their owner", async () => {
    expect(Object.keys(ready)).toEqual(["url", "kubeconfig", "issuer", "tokens", "directory"]);
    expect(ready.directory).toBe(directory);
    expect(command.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(command.stderr).not.toContain(teamA);
    for (const name of ["kubeconfig", "development-issuer.json", "store.sqlite", "pki/ca.pem", "pki/admin.token"]) {
      expect((await stat(`${directory}/${name}`)).mode & 0o077).toBe(0);
    }
  });

  it("gives team-a a PostgreSQL of its own by one mutation", async () => {
    const id = await createCluster(ready.url, teamA, "orders");
    expect(await awaitOperation(ready.url, teamA, id)).toBe("SUCCEEDED");
    credentials = await revealCredentials(ready.url, teamA, "orders");
    const [session] = await query(credentials, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    expect(session).toEqual({ version: "TLSv1.3" });
    expect(await refusalWithoutTls(credentials)).toMatch(/no pg_hba\.conf entry|no encryption|SSL/);
    await query(credentials, "CREATE TABLE note AS SELECT 'kept' AS text");
  });

  it("tells team-b nothing of it: what team-a has and what nobody has are refused in the same words", async () => {
    const asked = async (token: string, name: string, namespace: string) => {
      const where = `namespace: "${namespace}", name: "${name}"`;
      const { text } = await post(
        ready.url,
        token,
        `{ cluster(${where}) { uid } clusters(namespace: "${namespace}") { nodes { name } } connectionCredentials(${where}) { port } }`,
      );
      return text.replaceAll(namespace, "NAMESPACE").replaceAll(name, "NAME");
    };
    const seen = await asked(teamB, "orders", "team-a");
    expect(seen).toContain("FORBIDDEN");
    expect(seen).not.toContain("uid");
    expect(seen).toBe(await asked(teamB, "absent", "team-a"));
    expect(seen).toBe(await asked(teamB, "orders", "team-z"));
    const id = await createCluster(ready.url, teamA, "orders2");
    const operation = `{ operation(id: ${JSON.stringify(id)}) { phase } }`;
    const deletion = 'mutation { deleteCluster(input: { namespace: "team-a", name: "orders" }) { operation { id } } }';
    const foreign = `mutation { createCluster(input: { namespace: "team-a", name: "x", storage: { size: "1Gi" } }) { operation { id } } }`;
    for (const document of [operation, deletion, foreign]) {
      expect((await post(ready.url, teamB, document)).text).toContain("FORBIDDEN");
    }
  });

  it("serves its issuer's keys as any OpenID Connect client expects", async () => {
    const answer = await fetch(`${ready.issuer}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({ issuer: ready.issuer, jwks_uri: `${ready.issuer}/jwks` });
  });

  it("believes a token that the command mints beside it, for just what it grants", async () => {
    const minted = await runCommand(
      ["token", "--directory", directory, "--namespace", "team-a", "--role", "namespace-reader"],
      user,
    );
    expect(minted).toMatchObject({ code: 0, stderr: "" });
    const token = minted.stdout.trim();
    const read = await post(ready.url, token, '{ cluster(namespace: "team-a", name: "orders") { name } }');
    expect(read.data).toEqual({ cluster: { name: "orders" } });
    const reveal = '{ connectionCredentials(namespace: "team-a", name: "orders") { port } }';
    expect((await post(ready.url, token, reveal)).text).toContain("FORBIDDEN");
  });

  it("lets no second instance onto the directory, and names the first", async () => {
    const second = await start().ended;
    expect(second.code).toBe(1);
    expect(second.stdout).toBe("");
    expect(second.stderr.trimEnd().split("\n").at(-1)).toBe(
      `tenantry: directory: "${directory}" is in use by process ${command.child.pid}; stop that one, or choose another directory`,
    );
    expect(await query(credentials, "SELECT text FROM note")).toEqual([{ text: "kept" }]);
  });

  it("is gone with every server when it is asked to stop", async () => {
    const { code, stderr } = await command.stop("SIGTERM");
    expect(stderr).not.toMatch(/error|warn|at .*\.ts:/i);
    expect(code).toBe(0);
    await expect(reach(credentials.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(fetch(ready.url)).rejects.toThrow();
  });

  it("resumes: the same addresses, clusters, rows and tokens", async () => {
    command = start();
    const again = await command.ready();
    expect(again).toMatchObject({ kubeconfig: ready.kubeconfig, issuer: ready.issuer, directory });
    ready = again;
    await expect.poll(() => readyClusters(), { timeout: START_MS / 2 }).toContain("orders");
    const after = await revealCredentials(ready.url, teamA, "orders");
    expect(after).toEqual(credentials);
    expect(await query(after, "SELECT text FROM note")).toEqual([{ text: "kept" }]);
  });

  it.runIf(has("curl"))("prints commands for people that work as they are pasted", async () => {
    await command.stop("SIGINT");
    command = new CommandProcess(["dev", "--directory", directory], user);
    const paste = (line: string) => run("sh", ["-c", line], { env: { ...process.env, ...user.env } });
    const create = await command.line((line) => line.startsWith("curl ") && line.includes("createCluster"));
    const reveal = await command.line((line) => line.startsWith("curl ") && line.includes("connectionCredentials"));
    const kubectl = await command.line((line) => line.startsWith("kubectl "));
    expect(JSON.parse((await paste(create)).stdout)).toHaveProperty("data.createCluster.operation.phase", "RUNNING");
    await expect.poll(() => readyClusters(), { timeout: START_MS / 2 }).toContain("shop");
    expect(JSON.parse((await paste(reveal)).stdout)).toHaveProperty("data.connectionCredentials.port");
    if (has("kubectl")) expect((await paste(kubectl)).stdout).toMatch(/^team-a +shop /m);
  });

  async function readyClusters(): Promise<string[]> {
    const list = '{ clusters(namespace: "team-a") { nodes { name ready } } }';
    const { data } = await post<{ clusters: { nodes: { name: string; ready: boolean }[] } }>(ready.url, teamA, list);
    return data.clusters.nodes.filter(({ ready }) => ready).map(({ name }) => name);
  }
});

/** Whether anything listens there. */
function reach(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", reject).once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
}
