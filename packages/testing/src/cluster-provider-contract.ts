import assert from "node:assert/strict";
import {
  apiVersionOf,
  type ClusterProvider,
  type ClusterSpec,
  isTenantryError,
  type KubernetesObject,
} from "@tenantry/sdk";
import type { ContractCase } from "./contract-case.js";

const IDENTITY = {
  namespace: "team-a",
  name: "orders",
  labels: { "contract.tenantry.test/label": "l" },
  annotations: { "contract.tenantry.test/annotation": "a" },
} as const;

/** Every field of the portable spec, with a value that no default has. */
const FULL: Required<ClusterSpec> = {
  instances: 3,
  storage: { size: "3Gi" },
  postgresVersion: 17,
  parameters: { work_mem: "12MB" },
  database: "shop",
  owner: "clerk",
  hba: ["hostssl shop clerk 10.0.0.0/8 scram-sha-256"],
  superuserAccess: true,
};
const SMALLEST: ClusterSpec = { storage: { size: "1Gi" } };

/** {@link FULL} without what the provider says it does not have. */
function honoured({ capabilities }: ClusterProvider): ClusterSpec {
  const fields = Object.entries(FULL).filter(([field]) => capabilities[field as keyof ClusterSpec] !== "unsupported");
  return { ...SMALLEST, ...Object.fromEntries(fields) };
}

/** As an API server would answer a create, before any operator has looked at it. */
function stored(provider: ClusterProvider, spec: ClusterSpec, metadata: object = {}): KubernetesObject {
  const [cluster] = provider.toObjects(IDENTITY, spec);
  const given = { uid: "u1", resourceVersion: "1", generation: 1, creationTimestamp: "2026-01-02T03:04:05Z" };
  return { ...structuredClone(cluster), metadata: { ...cluster.metadata, ...given, ...metadata } };
}

function providerCase(name: string, run: (provider: ClusterProvider) => void): ContractCase<ClusterProvider> {
  return { name, run: async (provider) => run(provider) };
}

/** What every `ClusterProvider` promises, whichever operator it speaks of: pure mappings, and no word that is not kept. */
export const clusterProviderContract: readonly ContractCase<ClusterProvider>[] = [
  providerCase("says of every portable field how well it is honoured", ({ capabilities }) => {
    assert.deepEqual(Object.keys(capabilities).sort(), Object.keys(FULL).sort());
  }),
  providerCase(
    "puts the cluster's own object first, under its name, with the labels and annotations asked for",
    (provider) => {
      const [cluster, ...others] = provider.toObjects(IDENTITY, honoured(provider));
      assert.equal(cluster.apiVersion, apiVersionOf(provider.resource));
      assert.equal(cluster.kind, provider.resource.kind);
      assert.equal(cluster.metadata.name, IDENTITY.name);
      assert.deepEqual({ ...cluster.metadata.annotations, ...IDENTITY.annotations }, cluster.metadata.annotations);
      const kinds = provider.otherResources.map(({ kind }) => kind);
      for (const object of [cluster, ...others]) {
        assert.equal(object.metadata.namespace, IDENTITY.namespace);
        assert.deepEqual({ ...object.metadata.labels, ...IDENTITY.labels }, object.metadata.labels);
        if (object !== cluster) assert.ok(kinds.includes(object.kind), `${object.kind} is not among otherResources`);
      }
    },
  ),
  providerCase("makes the same objects of the same spec, changes neither, and sends nothing undefined", (provider) => {
    for (const spec of [SMALLEST, honoured(provider)]) {
      const before = structuredClone(spec);
      const objects = provider.toObjects(IDENTITY, spec);
      assert.deepEqual(provider.toObjects(IDENTITY, spec), objects);
      assert.deepEqual(spec, before);
      assert.deepEqual(JSON.parse(JSON.stringify(objects)), objects);
    }
  }),
  providerCase("reads back every field that it honours", (provider) => {
    const spec = honoured(provider);
    const read = provider.readCluster(stored(provider, spec)).spec;
    for (const [field, value] of Object.entries(spec)) assert.deepEqual(read[field as keyof ClusterSpec], value, field);
  }),
  providerCase("reads the identity of a cluster", (provider) => {
    const { namespace, name, uid, resourceVersion, createdAt } = provider.readCluster(stored(provider, SMALLEST));
    assert.deepEqual(
      { namespace, name, uid, resourceVersion, createdAt },
      {
        namespace: "team-a",
        name: "orders",
        uid: "u1",
        resourceVersion: "1",
        createdAt: new Date("2026-01-02T03:04:05Z"),
      },
    );
  }),
  providerCase(
    "calls nothing ready that the operator has not spoken of, and nothing that is being deleted",
    (provider) => {
      const fresh = provider.readCluster(stored(provider, SMALLEST));
      assert.equal(fresh.ready, false);
      assert.equal(fresh.readyInstances, 0);
      const deleted = provider.readCluster(stored(provider, SMALLEST, { deletionTimestamp: "2026-01-02T03:04:06Z" }));
      assert.equal(deleted.ready, false);
      assert.equal(deleted.phase, "deleting");
    },
  ),
  providerCase(
    "shows the steps in one order whatever is reached, the first done and none behind one that is not",
    (provider) => {
      const steps = provider.readSteps(stored(provider, SMALLEST));
      assert.ok(steps.length > 1);
      assert.equal(new Set(steps.map(({ name }) => name)).size, steps.length);
      assert.equal(steps[0]?.state, "done");
      const open = steps.findIndex(({ state }) => state !== "done");
      assert.ok(steps.slice(open + 1).every(({ state }) => state === "pending"));
      assert.ok(steps.every(({ message }) => message !== ""));
    },
  ),
  providerCase("names no Secret before the operator has made one", (provider) => {
    assert.equal(provider.secretNames(stored(provider, SMALLEST)), undefined);
  }),
  providerCase("says that a Secret is not usable yet without saying what is in it", (provider) => {
    const secret = (data: Record<string, string>) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      data,
    });
    const hidden = Buffer.from("hunter2").toString("base64");
    const attempts = [
      () => provider.readPassword(secret({ other: hidden })),
      () =>
        provider.readConnection(stored(provider, SMALLEST), {
          credentials: secret({ other: hidden }),
          serverCa: secret({}),
        }),
    ];
    for (const attempt of attempts) {
      assert.throws(attempt, (error) => {
        assert.ok(isTenantryError(error) && error.retryable, "expected a retryable TenantryError");
        assert.ok(!JSON.stringify([error.message, error.resource, error.violations]).includes("hunter2"));
        return true;
      });
    }
  }),
  providerCase("has a portable word for the fields that it writes, and leaves a stranger's as it is", (provider) => {
    assert.equal(provider.toPortableField("metadata.name"), "name");
    assert.equal(provider.toPortableField("spec.contract.unknown"), "spec.contract.unknown");
  }),
  providerCase("has nothing against the smallest spec, nor against one of every field that it honours", (provider) => {
    assert.deepEqual(provider.problems(SMALLEST), []);
    assert.deepEqual(provider.problems(honoured(provider)), []);
  }),
];
