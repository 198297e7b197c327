import type { ClusterProvider, ClusterSpec } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { describe, expect, it } from "vitest";
import { clusterProviderContract } from "../src/index.js";

const real = cloudNativePg();

describe("cloudnative-pg: the provider", () => {
  for (const { name, run } of clusterProviderContract) it(name, () => run(real));
});

/** Names of the promises that a provider breaks. */
async function broken(provider: ClusterProvider): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name, run } of clusterProviderContract) {
    await run(provider).catch(() => names.push(name));
  }
  return names;
}

describe("a provider that breaks its word is found out", () => {
  it.each<[string, Partial<ClusterProvider>]>([
    [
      "forgets the hba lines",
      { toObjects: (identity, { hba: _, ...spec }: ClusterSpec) => real.toObjects(identity, spec) },
    ],
    [
      "makes other objects each time",
      {
        toObjects: (identity, spec) =>
          real.toObjects({ ...identity, annotations: { at: String(Math.random()) } }, spec),
      },
    ],
    ["drops the labels", { toObjects: (identity, spec) => real.toObjects({ ...identity, labels: {} }, spec) }],
    ["is always ready", { readCluster: (object) => ({ ...real.readCluster(object), ready: true }) }],
    ["names Secrets that are not there", { secretNames: () => ({ credentials: "a", serverCa: "b" }) }],
    ["invents an empty password", { readPassword: () => "" }],
    ["shows no steps", { readSteps: () => [] }],
    ["refuses everything", { problems: () => [{ field: "storage", message: "no" }] }],
  ])("%s", async (_, change) => {
    expect(await broken({ ...real, ...change })).not.toEqual([]);
  });
});
