import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ReadyLine } from "../../src/bin/dev/ready-message.js";
import { post } from "../support/graphql-client.js";
import { CommandProcess, runCommand, START_MS } from "./command-process.js";

vi.setConfig({ testTimeout: START_MS, hookTimeout: START_MS });

describe("tenantry serve", () => {
  let directory: string;
  let plane: CommandProcess;
  let ready: ReadyLine;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-serve-"));
    plane = new CommandProcess(["dev", "--json", "--port", "0", "--directory", directory]);
    ready = await plane.ready();
  });
  afterAll(async () => {
    await plane.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it("serves the cluster of a kubeconfig to an issuer's users, their keys fetched from it", async () => {
    const file = join(directory, "tenantry.yaml");
    const configuration = `
listen: { port: 0 }
kubernetes: { kubeconfig: kubeconfig }
auth:
  issuers:
    - issuer: ${ready.issuer}
      audience: tenantry
      algorithms: [ES256]
      jwks: { uri: ${ready.issuer}/jwks }
      claims: { namespaces: tenantry_namespaces }
  maxLifetimeSeconds: 1000000
`;
    await writeFile(file, configuration);
    const server = new CommandProcess(["serve", "--config", file]);
    const line = await server.line((text) => text.includes('"ready"'));
    const { url } = JSON.parse(line) as { url: string };
    const list = (token: string) => post(url, token, '{ clusters(namespace: "team-a") { nodes { name } } }');
    expect((await list(ready.tokens["team-a"])).data).toEqual({ clusters: { nodes: [] } });
    expect((await list(ready.tokens["team-b"])).text).toContain("FORBIDDEN");
    expect((await fetch(new URL("/readyz", url))).status).toBe(200);
    await writeFile(file, configuration.replace("port: 0", `port: ${new URL(url).port}`));
    expect(await runCommand(["serve", "--config", file])).toMatchObject({
      code: 1,
      stderr: `tenantry: ${file}: listen.port: the port is in use; stop what uses it or choose another\n`,
    });
    const { code, stdout } = await server.stop();
    expect(code).toBe(0);
    expect(stdout).not.toContain(ready.tokens["team-a"]);
  });
});
