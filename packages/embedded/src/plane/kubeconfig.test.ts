import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatKubeconfig, readKubeconfigPort } from "./kubeconfig.js";

const CONTENT = { url: "https://127.0.0.1:6443", certificateAuthority: "PEM\n", token: "secret-token" };

describe("the plane's kubeconfig", () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-kubeconfig-"));
    path = join(directory, "kubeconfig");
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("is one that the official client reads, with the authority and the token inside", () => {
    const config = new KubeConfig();
    config.loadFromString(formatKubeconfig(CONTENT));
    expect(config.getCurrentCluster()).toMatchObject({
      server: CONTENT.url,
      caData: Buffer.from("PEM\n").toString("base64"),
      skipTLSVerify: false,
    });
    expect(config.getCurrentUser()?.token).toBe("secret-token");
  });

  it("tells the port of the last time", async () => {
    await writeFile(path, formatKubeconfig(CONTENT));
    expect(await readKubeconfigPort(path)).toBe(6443);
  });

  it.each(["", "{", "clusters: []", "clusters: [{cluster: {server: nonsense}}]", "clusters: 5", "[]"])(
    "tells no port when it reads %j",
    async (text) => {
      await writeFile(path, text);
      expect(await readKubeconfigPort(path)).toBeUndefined();
    },
  );

  it("tells no port when it is absent", async () => {
    expect(await readKubeconfigPort(path)).toBeUndefined();
  });
});
