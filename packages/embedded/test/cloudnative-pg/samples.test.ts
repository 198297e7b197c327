import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isTenantryError, type KubernetesObject } from "@tenantry/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { CLUSTERS } from "../../src/operators/cloudnative-pg/cluster-object.js";
import { FakeRuntime } from "./fake-runtime.js";
import { NAMESPACE, startPlane } from "./plane.js";

/** The manifests that the operator's project ships. Set CLOUDNATIVE_PG_SAMPLES to their directory to run them. */
const SAMPLES = process.env.CLOUDNATIVE_PG_SAMPLES ?? "";

interface Sample {
  readonly file: string;
  readonly cluster: KubernetesObject;
}

async function readSamples(): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const file of await readdir(SAMPLES, { recursive: true })) {
    if (!file.endsWith(".yaml")) continue;
    for (const document of parseAllDocuments(await readFile(join(SAMPLES, file), "utf8"))) {
      const object = document.toJS() as KubernetesObject | null;
      if (object?.kind === "Cluster" && object.apiVersion === "postgresql.cnpg.io/v1")
        samples.push({ file, cluster: object });
    }
  }
  return samples;
}

describe.skipIf(!existsSync(SAMPLES))("the operator's own samples (skipped without CLOUDNATIVE_PG_SAMPLES)", () => {
  let plane: Awaited<ReturnType<typeof startPlane<FakeRuntime>>>;
  beforeAll(async () => {
    plane = await startPlane(new FakeRuntime());
  });
  afterAll(() => plane?.close());

  it("are each taken, or refused by the paths of what is not run here", async () => {
    const samples = await readSamples();
    expect(samples.length).toBeGreaterThan(20);
    const outcomes: string[] = [];
    for (const { file, cluster } of samples) {
      const paths = await attempt(cluster);
      outcomes.push(`${file} ${cluster.metadata.name}: ${paths.length === 0 ? "taken" : paths.join(", ")}`);
      for (const path of paths) expect(path, file).toMatch(/^(spec|metadata)\.[A-Za-z]/);
    }
    expect(outcomes.some((line) => line.endsWith(": taken"))).toBe(true);
  });

  async function attempt(cluster: KubernetesObject): Promise<readonly string[]> {
    const body = { ...cluster, metadata: { ...cluster.metadata, namespace: NAMESPACE } };
    try {
      await plane.transport.send({ verb: "create", resource: CLUSTERS, namespace: NAMESPACE, body, dryRun: true });
      return [];
    } catch (error) {
      if (!isTenantryError(error) || error.code !== "invalid_argument") throw error;
      expect(error.violations.length).toBeGreaterThan(0);
      return error.violations.map(({ field }) => field);
    }
  }
});
