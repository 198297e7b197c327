import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Secret } from "../../kubernetes/object.js";
import type { ClusterSpec } from "../../provisioning/cluster.js";
import { cloudNativePg } from "./cloud-native-pg.js";
import type { CnpgCluster, CnpgClusterStatus } from "./cluster-object.js";
import { majorOfImage } from "./read-cluster.js";

const provider = cloudNativePg();
const identity = { namespace: "team-a", name: "orders", labels: {}, annotations: {} };

function stored(spec: ClusterSpec, status?: CnpgClusterStatus): CnpgCluster {
  const [object] = provider.toObjects(identity, spec) as unknown as readonly [CnpgCluster];
  return {
    ...object,
    metadata: {
      ...object.metadata,
      uid: "u1",
      resourceVersion: "7",
      generation: 2,
      creationTimestamp: "2026-01-02T03:04:05Z",
    },
    status,
  };
}

const healthy: CnpgClusterStatus = {
  phase: "Cluster in healthy state",
  readyInstances: 1,
  conditions: [{ type: "Ready", status: "True", reason: "ClusterIsReady" }],
  certificates: { serverCASecret: "orders-ca", serverTLSSecret: "orders-server" },
};

const arbitrarySpec: fc.Arbitrary<ClusterSpec> = fc.record(
  {
    storage: fc.record({ size: fc.constantFrom("1Gi", "500M", "10Gi") }),
    instances: fc.integer({ min: 1, max: 9 }),
    postgresVersion: fc.integer({ min: 13, max: 30 }),
    parameters: fc.dictionary(fc.constantFrom("work_mem", "max_connections"), fc.string()),
    database: fc.string({ minLength: 1 }),
    owner: fc.string({ minLength: 1 }),
    hba: fc.array(fc.constantFrom("hostssl all all 10.0.0.0/8 scram-sha-256", "hostssl app app all cert")),
    superuserAccess: fc.boolean(),
  },
  { requiredKeys: ["storage"] },
);

describe("the Cluster object", () => {
  test("reads back as the spec that it was made from", () => {
    fc.assert(
      fc.property(arbitrarySpec, (spec) => {
        const read = provider.readCluster(stored(spec)).spec;
        expect(read).toMatchObject(spec);
        expect(read.database).toBe(spec.database ?? "app");
        expect(read.owner).toBe(spec.owner ?? spec.database ?? "app");
      }),
    );
  });

  test("is the same each time, so that applying it again changes nothing", () => {
    fc.assert(
      fc.property(arbitrarySpec, (spec) => {
        expect(provider.toObjects(identity, spec)).toEqual(provider.toObjects(identity, spec));
      }),
    );
  });

  // Recorded from the webhook of cloudnative-pg v1.30.0.
  test("reads back without the parameters that the operator sets for itself, so that what was read can be applied", () => {
    const parameters = { work_mem: "8MB", archive_mode: "on", log_directory: "/controller/log", wal_level: "logical" };
    const { spec } = provider.readCluster(stored({ storage: { size: "1Gi" }, parameters }));
    expect(spec.parameters).toEqual({ work_mem: "8MB", wal_level: "logical" });
    expect(provider.problems(spec)).toEqual([]);
  });

  test("refuses plaintext before any other rule", () => {
    const hba = ["host all all all trust"];
    expect(stored({ storage: { size: "1Gi" }, hba }).spec?.postgresql?.pg_hba).toEqual([
      "hostnossl all all all reject",
      "host all all all trust",
    ]);
  });
});

test("a parameter of the operator's own is refused by name", () => {
  const parameters = { ssl: "off", SSL_Ca_File: "x", recovery_target_time: "now", work_mem: "4MB" };
  expect(provider.problems({ storage: { size: "1Gi" }, parameters }).map(({ field }) => field)).toEqual([
    "parameters.ssl",
    "parameters.SSL_Ca_File",
    "parameters.recovery_target_time",
  ]);
});

test("a field that the API server refused is named as the caller wrote it", () => {
  expect(provider.toPortableField("spec.storage.size")).toBe("storage.size");
  expect(provider.toPortableField("spec.postgresql.parameters.max_connections")).toBe("parameters.max_connections");
  expect(provider.toPortableField("spec.postgresql.pg_hba[1]")).toBe("hba[0]");
  expect(provider.toPortableField("spec.storageClass")).toBe("spec.storageClass");
});

describe("readiness", () => {
  const spec = { storage: { size: "1Gi" } };
  const phaseOf = (status?: CnpgClusterStatus, change: Partial<CnpgCluster["metadata"]> = {}) => {
    const object = stored(spec, status);
    const { ready, phase } = provider.readCluster({ ...object, metadata: { ...object.metadata, ...change } });
    return { ready, phase };
  };

  test("follows the Ready condition and the instances that answer", () => {
    expect(phaseOf()).toEqual({ ready: false, phase: "pending" });
    expect(phaseOf({ phase: "Setting up primary" })).toEqual({ ready: false, phase: "provisioning" });
    expect(phaseOf(healthy)).toEqual({ ready: true, phase: "ready" });
    expect(phaseOf({ ...healthy, readyInstances: 0 }).ready).toBe(false);
  });

  test("is not claimed for an older generation, a hibernated or a deleted cluster", () => {
    const older = { ...healthy, conditions: [{ type: "Ready", status: "True", observedGeneration: 1 } as const] };
    expect(phaseOf(older).ready).toBe(false);
    expect(phaseOf({ ...healthy, image: "example.test/postgresql:17" }).ready).toBe(true);
    expect(phaseOf(healthy, { annotations: { "cnpg.io/hibernation": "on" } }).ready).toBe(false);
    expect(phaseOf(healthy, { deletionTimestamp: "2026-01-02T03:04:05Z" })).toEqual({
      ready: false,
      phase: "deleting",
    });
  });

  test("an unknown phase means that the operator works, a known bad one that it waits for a person", () => {
    expect(phaseOf({ phase: "Polishing the elephants" }).phase).toBe("provisioning");
    expect(phaseOf({ phase: "Polishing the elephants", systemID: "7" }).phase).toBe("updating");
    expect(phaseOf({ phase: "Not enough disk space" }).phase).toBe("attention");
  });
});

test("steps are done in order, and the first that is not is the running one", () => {
  const states = (status?: CnpgClusterStatus) =>
    provider.readSteps(stored({ storage: { size: "1Gi" } }, status)).map(({ state }) => state);
  expect(states()).toEqual(["done", "running", "pending", "pending", "pending"]);
  expect(states({ certificates: healthy.certificates, phase: "Setting up primary" })).toEqual([
    "done",
    "done",
    "running",
    "pending",
    "pending",
  ]);
  expect(states({ certificates: healthy.certificates, phase: "Not enough disk space" })).toEqual([
    "done",
    "done",
    "failed",
    "pending",
    "pending",
  ]);
  expect(states(healthy)).toEqual(["done", "done", "done", "done", "done"]);
});

describe("the connection", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const secret = (data: Record<string, string>): Secret => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "orders-app", namespace: "team-a" },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
  });
  const serverCa = secret({ "ca.crt": "PEM" });
  const cluster = stored({ storage: { size: "1Gi" }, database: "orders", owner: "clerk" }, healthy);

  test("comes from the generated Secret, wherever the primary is", () => {
    const credentials = secret({ password: "p", "fqdn-uri": "postgresql://clerk:p@127.0.0.1:54321/orders" });
    expect(provider.readConnection(cluster, { credentials, serverCa })).toEqual({
      host: "127.0.0.1",
      port: 54321,
      database: "orders",
      role: "clerk",
      sslmode: "verify-full",
      caCertificate: "PEM",
    });
  });

  test("falls back to the primary's Service for a Secret of the caller's own", () => {
    const { host, port } = provider.readConnection(cluster, { credentials: secret({ password: "p" }), serverCa });
    expect({ host, port }).toEqual({ host: "orders-rw.team-a.svc", port: 5432 });
  });

  test("an unreadable URI is an error that does not hold it", () => {
    const credentials = secret({ "fqdn-uri": "postgresql://clerk:hunter2@:bad:/" });
    try {
      provider.readConnection(cluster, { credentials, serverCa });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "unavailable", reason: "NotReady" });
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter2");
    }
  });

  test("is not looked for before the operator has made the certificates", () => {
    expect(provider.secretNames(stored({ storage: { size: "1Gi" } }))).toBeUndefined();
    expect(provider.secretNames(cluster)).toEqual({ credentials: "orders-app", serverCa: "orders-ca" });
  });
});

test("the major version is read from an image's tag", () => {
  expect(majorOfImage("example.test:5000/postgresql:18.4-system-trixie")).toBe(18);
  expect(majorOfImage("example.test/postgresql:17@sha256:0")).toBe(17);
  expect(majorOfImage("example.test/postgresql:latest")).toBeUndefined();
});
