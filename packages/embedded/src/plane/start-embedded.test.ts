import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { NAMESPACES } from "@tenantry/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedPlane, type InProcessPlane, type PlaneStep, startEmbedded } from "./start-embedded.js";

describe("the embedded plane", () => {
  let directory: string;
  const running: InProcessPlane[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-plane-"));
  });
  afterEach(async () => {
    for (const plane of running.splice(0)) await plane.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function start(
    options: { readonly port?: number; readonly signal?: AbortSignal } = {},
  ): Promise<EmbeddedPlane> {
    const plane = await startEmbedded({ directory, ...options });
    running.push(plane);
    return plane;
  }
  const createNamespace = ({ transport }: InProcessPlane, name: string) =>
    transport.send({
      verb: "create",
      resource: NAMESPACES,
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    });
  const namespacesOverHttps = async ({ kubeconfig }: EmbeddedPlane) => {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const { items } = await config.makeApiClient(CoreV1Api).listNamespace();
    return items.map(({ metadata }) => metadata?.name);
  };

  it("is one control plane, in this process and over HTTPS with the kubeconfig", async () => {
    const plane = await start();
    await createNamespace(plane, "team-a");
    expect(await namespacesOverHttps(plane)).toContain("team-a");
    expect((await stat(plane.kubeconfig)).mode & 0o777).toBe(0o600);
  });

  it("lets nobody in without the token of the kubeconfig", async () => {
    const plane = await start();
    const text = await readFile(plane.kubeconfig, "utf8");
    const config = new KubeConfig();
    const token = await readFile(join(directory, "pki", "admin.token"), "utf8");
    config.loadFromString(text.replace(token.trim(), "wrong"));
    await expect(config.makeApiClient(CoreV1Api).listNamespace()).rejects.toMatchObject({ code: 401 });
  });

  it("resumes with what was there, at the same address, so that a copied kubeconfig still works", async () => {
    const first = await start();
    await createNamespace(first, "team-a");
    const kubeconfig = await readFile(first.kubeconfig, "utf8");
    await first.close();
    const second = await start();
    expect(await readFile(second.kubeconfig, "utf8")).toBe(kubeconfig);
    expect(await namespacesOverHttps(second)).toContain("team-a");
  });

  it("takes another port when something else has the last one by now, and says so in the kubeconfig", async () => {
    const first = await start();
    await first.close();
    const other = createServer().listen(Number(new URL(first.url).port), "127.0.0.1");
    await once(other, "listening");
    try {
      const second = await start();
      expect(second.url).not.toBe(first.url);
      expect(await namespacesOverHttps(second)).toContain("default");
    } finally {
      other.close();
    }
  });

  it("has its directory to itself, and names who holds it", async () => {
    await start();
    await expect(startEmbedded({ directory })).rejects.toMatchObject({
      code: "conflict",
      reason: "InUse",
      message: expect.stringContaining(`"${directory}" is in use by process ${process.pid};`) as unknown,
    });
  });

  it("stops what it had started when a later step fails", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    try {
      await expect(start({ port })).rejects.toMatchObject({ code: "conflict", reason: "AddressInUse" });
      await start(); // the directory is free again
    } finally {
      other.close();
    }
  });

  it("stops starting when it is told to, at any step, and leaves the directory free", async () => {
    const steps: PlaneStep[] = [];
    const first = await startEmbedded({ directory, https: false, onStep: (step) => steps.push(step) });
    await first.close();
    expect(steps).toEqual(["store", "postgresql", "apiServer", "operator"]);
    for (const step of steps) {
      const abort = new AbortController();
      const onStep = (begun: PlaneStep) => {
        if (begun === step) abort.abort(new Error(`at ${step}`));
      };
      const starting = startEmbedded({ directory, https: false, signal: abort.signal, onStep });
      await expect(starting).rejects.toThrow(`at ${step}`);
    }
    await start();
  });

  it("can do without HTTPS, for a program that only needs the transport", async () => {
    const plane = await startEmbedded({ directory, https: false });
    running.push(plane);
    await createNamespace(plane, "team-a");
    expect(plane).not.toHaveProperty("url");
    await expect(stat(join(directory, "kubeconfig"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("may be closed twice, and answers no more", async () => {
    const plane = await start();
    await Promise.all([plane.close(), plane.close()]);
    await expect(fetch(plane.url)).rejects.toThrow();
    await expect(createNamespace(plane, "late")).rejects.toMatchObject({ code: "unavailable" });
  });
});
