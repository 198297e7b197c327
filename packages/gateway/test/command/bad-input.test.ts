import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { chown, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommandProcess, runCommand, START_MS } from "./command-process.js";

vi.setConfig({ testTimeout: START_MS });
const isRoot = process.geteuid?.() === 0;

/** A small disk of its own takes root, and a kernel that lets root mount. */
function canMount(): boolean {
  if (!isRoot) return false;
  const probe = mkdtempSync(join(tmpdir(), "tenantry-mount-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", probe]).status === 0;
  if (mounted) execFileSync("umount", [probe]);
  rmSync(probe, { recursive: true });
  return mounted;
}

describe("the command, given what it cannot use", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-bad-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const lastLine = (stderr: string) => stderr.trimEnd().split("\n").at(-1);

  it("says that a port is in use, and leaves the directory to the next start", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    try {
      const args = ["dev", "--json", "--directory", directory];
      const { code, stdout, stderr } = await runCommand([...args, "--port", String(port)]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(lastLine(stderr)).toMatch(new RegExp(`^tenantry: .*port:? ${port}.* in use.*--port`));
      expect(stderr).not.toMatch(/ at .*\.ts/);
      const next = new CommandProcess([...args, "--port", "0"]);
      await next.ready();
      expect((await next.stop()).code).toBe(0);
    } finally {
      other.close();
    }
  });

  it.runIf(isRoot)("says that a directory is someone else's, and leaves it as it was", async () => {
    await chown(directory, 12_345, 12_345);
    const { code, stderr } = await runCommand(["dev", "--directory", directory]);
    expect(code).toBe(1);
    expect(lastLine(stderr)).toMatch(
      /^tenantry: directory: ".*" belongs to user 12345, and this process runs as 0 \(root\); run it/,
    );
    expect((await stat(directory)).uid).toBe(12_345);
  });

  it.runIf(canMount())("says that the disk is full, and starts once there is space", async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=711", "tmpfs", directory]);
    try {
      const args = ["dev", "--json", "--port", "0", "--warm", "0", "--directory", join(directory, "data")];
      const { code, stdout, stderr } = await runCommand(args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(lastLine(stderr)).toMatch(/^tenantry: .*(free some space|no space left)/);
      execFileSync("mount", ["-o", "remount,size=20m", directory]);
      const next = new CommandProcess(args);
      await next.ready();
      expect((await next.stop()).code).toBe(0);
    } finally {
      execFileSync("umount", [directory]);
    }
  });

  it("says that a directory is a file", async () => {
    const path = join(directory, "file");
    await writeFile(path, "");
    const { code, stderr } = await runCommand(["dev", "--directory", path]);
    expect(code).toBe(1);
    expect(lastLine(stderr)).toBe(`tenantry: directory: "${path}" is not a directory; choose another`);
  });

  it("shows the stack to those who ask", async () => {
    const path = join(directory, "file");
    await writeFile(path, "");
    const { stderr } = await runCommand(["dev", "--verbose", "--directory", path]);
    expect(stderr).toMatch(/at .*plane-directory/);
  });

  it("lists what is wrong with a configuration file, each with its line", async () => {
    const file = join(directory, "tenantry.yaml");
    await writeFile(file, "listen: { port: http }\nauth:\n  issuers: []\n");
    const { code, stderr } = await runCommand(["serve", "--config", file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:1: listen.port: `);
    expect(stderr).toContain(`${file}:3: auth.issuers: needs at least one issuer`);
  });

  it("names the setting when the part that it is for refuses it", async () => {
    const file = join(directory, "tenantry.yaml");
    const issuer =
      "{ issuer: x, audience: y, algorithms: [ES256], jwks: { uri: ftp://x }, claims: { account: roles } }";
    await writeFile(join(directory, "kubeconfig"), KUBECONFIG);
    await writeFile(file, `kubernetes: { kubeconfig: kubeconfig }\nauth: { issuers: [${issuer}] }\n`);
    const { code, stderr } = await runCommand(["serve", "--config", file]);
    expect(code).toBe(2);
    expect(lastLine(stderr)).toBe(
      `tenantry: ${file}: auth.issuers[0].jwks.uri: must be an https: address (http: only for loopback)`,
    );
    await writeFile(file, `kubernetes: { kubeconfig: absent }\nauth: { issuers: [${issuer}] }\n`);
    expect((await runCommand(["serve", "--config", file])).stderr).toContain(
      `kubernetes.kubeconfig: ${join(directory, "absent")} does not exist`,
    );
  });

  it("ends with the code of wrong use, or of none when help was asked for", async () => {
    const unknown = await runCommand(["dve"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("Did you mean dev?");
    expect(await runCommand(["--help"])).toMatchObject({ code: 0, stderr: "" });
    const nothing = await runCommand(["token", "--directory", directory]);
    expect(nothing).toMatchObject({ code: 1, stdout: "" });
    expect(nothing.stderr).toContain("--namespace: name at least one");
  });
});

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{ name: a, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: a, user: { token: t } }]
contexts: [{ name: a, context: { cluster: a, user: a } }]
current-context: a
`;
