import { describe, expect, it } from "vitest";
import { clusterAdmission } from "./cluster-admission.js";
import type { CnpgCluster } from "./cluster-object.js";

function cluster(spec: object = {}, metadata: object = {}): CnpgCluster {
  return clusterAdmission.mutate({
    operation: "create",
    oldObject: undefined,
    object: {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: { name: "shop", namespace: "team-a", ...metadata },
      spec: { instances: 1, storage: { size: "10Gi" }, ...spec },
    } as CnpgCluster,
  });
}

function review(object: CnpgCluster, oldObject?: CnpgCluster) {
  return clusterAdmission.validate({ operation: oldObject === undefined ? "create" : "update", object, oldObject });
}

/** `path: message` of each refusal. */
function refusals(object: CnpgCluster, oldObject?: CnpgCluster): readonly string[] {
  return review(object, oldObject).causes.map(({ field, message }) => `${field}: ${message}`);
}

describe("defaults", () => {
  it("are those of the operator's mutating webhook", () => {
    expect(cluster().spec).toMatchObject({
      imageName: expect.stringMatching(/:18\./),
      bootstrap: { initdb: { database: "app", owner: "app", encoding: "UTF8", localeCollate: "C", localeCType: "C" } },
      postgresql: {
        parameters: {
          archive_timeout: "5min",
          wal_level: "logical",
          wal_log_hints: "on",
          max_replication_slots: "32",
          max_worker_processes: "32",
          max_parallel_workers: "32",
          wal_keep_size: "512MB",
          wal_sender_timeout: "5s",
          wal_receiver_timeout: "5s",
          ssl_min_protocol_version: "TLSv1.3",
          ssl_max_protocol_version: "TLSv1.3",
        },
      },
      affinity: { podAntiAffinityType: "preferred" },
      replicationSlots: {
        highAvailability: { enabled: true, slotPrefix: "_cnpg_" },
        synchronizeReplicas: { enabled: true },
      },
    });
  });

  it("let what is written stand, and name the owner after the database", () => {
    const { spec } = cluster({
      bootstrap: { initdb: { database: "orders" } },
      postgresql: { parameters: { wal_level: "replica" } },
    });
    expect(spec?.bootstrap?.initdb).toMatchObject({ database: "orders", owner: "orders" });
    expect(spec?.postgresql?.parameters?.wal_level).toBe("replica");
  });

  it("change nothing when they are applied again", () => {
    const once = cluster();
    expect(clusterAdmission.mutate({ operation: "update", object: once, oldObject: once })).toEqual(once);
    expect(refusals(once)).toEqual([]);
    expect(review(once).warnings).toEqual([]);
  });

  it("keep the bootstrap of before when an update leaves it out", () => {
    const old = cluster({ bootstrap: { initdb: { database: "orders" } } });
    const { bootstrap: _, ...spec } = old.spec ?? {};
    const updated = clusterAdmission.mutate({
      operation: "update",
      object: { ...old, spec } as CnpgCluster,
      oldObject: old,
    });
    expect(updated.spec?.bootstrap).toEqual(old.spec?.bootstrap);
  });

  it("leave a value of the wrong type for the schema to refuse", () => {
    const odd = { ...cluster(), spec: { bootstrap: "initdb" } } as unknown as CnpgCluster;
    expect(clusterAdmission.mutate({ operation: "create", object: odd, oldObject: undefined })).toEqual(odd);
  });
});

describe("what is refused", () => {
  it.each([
    [{ storage: { size: "10Gb" } }, 'spec.storage.size: Invalid value: "10Gb": Size value isn\'t valid'],
    [{ storage: { size: "-1Gi" } }, "spec.storage.size"],
    [{ storage: {} }, "spec.storage.size: Required value: Size not configured"],
    [{ instances: 3 }, "spec.instances: Invalid value: 3: the embedded plane runs one server a cluster; use 1"],
    [{ imageName: "postgres:latest" }, "spec.imageName: Invalid value: \"postgres:latest\": Can't use 'latest'"],
    [{ imageName: "registry:5000/postgres" }, "spec.imageName"],
    [
      { imageName: "postgres@sha256:0123" },
      'spec.imageName: Invalid value: "postgres@sha256:0123": Can\'t use just the image sha',
    ],
    [
      { imageName: "postgres:17.5" },
      'spec.imageName: Invalid value: "postgres:17.5": the embedded plane runs PostgreSQL 18 only, not 17',
    ],
    [{ imageName: "postgres:newest" }, "spec.imageName"],
    [{ maxSyncReplicas: 1 }, "spec.maxSyncReplicas"],
    [{ primaryUpdateStrategy: "supervised" }, "spec.primaryUpdateStrategy"],
    [{ superuserSecret: { name: "" } }, "spec.superuserSecret.name"],
    [{ certificates: { serverAltDNSNames: ["ok.example.org", "no name"] } }, "spec.certificates.serverAltDNSNames[1]"],
    [{ certificates: { serverCASecret: "mine" } }, "spec.certificates.serverCASecret: Forbidden"],
    [
      { managed: { services: { disabledDefaultServices: ["rw"] } } },
      "spec.managed.services.disabledDefaultServices[0]",
    ],
    [{ managed: { roles: [{ name: "a" }] } }, "spec.managed.roles: Forbidden: the embedded plane does not run this"],
    [{ bootstrap: { initdb: { owner: "postgres" } } }, "spec.bootstrap.initdb.owner"],
    [{ bootstrap: { initdb: { owner: "pg_monitor" } } }, "spec.bootstrap.initdb.owner"],
    [{ bootstrap: { initdb: { database: "template1" } } }, "spec.bootstrap.initdb.database"],
    [{ bootstrap: { initdb: { database: "é".repeat(32), owner: "app" } } }, "spec.bootstrap.initdb.database"],
    [{ bootstrap: { initdb: { database: "..", owner: "app" } } }, "spec.bootstrap.initdb.database"],
    [{ bootstrap: { initdb: { encoding: "LATIN1" } } }, "spec.bootstrap.initdb.encoding"],
    [{ bootstrap: { initdb: { postInitSQL: ["SELECT 1"] } } }, "spec.bootstrap.initdb.postInitSQL: Forbidden"],
    [{ bootstrap: { initdb: { secret: { name: "" } } } }, "spec.bootstrap.initdb.secret.name"],
    [{ bootstrap: { recovery: { source: "a" } } }, "spec.bootstrap.recovery: Forbidden"],
    [{ backup: { retentionPolicy: "30d" } }, "spec.backup: Forbidden"],
    [{ walStorage: { size: "1Gi" } }, "spec.walStorage: Forbidden"],
    [{ monitoring: { enablePodMonitor: true } }, "spec.monitoring: Forbidden"],
  ])("%j", (spec, path) => {
    const found = refusals(cluster(spec));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(path);
  });

  it.each(["Shop", "1shop", "shop.x", "shop-", "a".repeat(51)])("the name %s", (name) => {
    expect(refusals(cluster({}, { name }))).toEqual([
      expect.stringContaining(`metadata.name: Invalid value: "${name}"`),
    ]);
  });

  it("everything at once, each with its path", () => {
    const found = review(
      cluster({ instances: 2, storage: { size: "x" }, backup: { a: 1 }, replica: { source: "b" } }),
    ).causes;
    expect(found.map(({ field }) => field).sort()).toEqual([
      "spec.backup",
      "spec.instances",
      "spec.replica",
      "spec.storage.size",
    ]);
  });

  it("a hibernation that is neither on nor off", () => {
    expect(refusals(cluster({}, { annotations: { "cnpg.io/hibernation": "yes" } }))).toHaveLength(1);
    expect(refusals(cluster({}, { annotations: { "cnpg.io/hibernation": "on" } }))).toEqual([]);
  });
});

describe("what is taken without effect", () => {
  it("is answered with a warning each", () => {
    const { causes, warnings } = review(
      cluster({
        resources: { requests: { memory: "1Gi" } },
        logLevel: "debug",
        storage: { size: "1Gi", storageClass: "fast" },
      }),
    );
    expect(causes).toEqual([]);
    expect([...warnings].sort()).toEqual([
      "spec.logLevel: kept, but without effect on the embedded plane",
      "spec.resources: kept, but without effect on the embedded plane",
      "spec.storage.storageClass: kept, but without effect on the embedded plane",
    ]);
  });

  it("is said of annotations too, once", () => {
    const annotations = { "cnpg.io/fencedInstances": '["*"]', "cnpg.io/reloadedAt": "now", "example.org/cnpg.io": "x" };
    const fenced = cluster({}, { annotations });
    const warning = "metadata.annotations.cnpg.io/fencedInstances: kept, but without effect on the embedded plane";
    expect(review(fenced).warnings).toEqual([warning]);
    expect(review(fenced, cluster()).warnings).toEqual([warning]);
    expect(review(fenced, fenced).warnings).toEqual([]);
  });

  it("takes the storage request of the template for the size", () => {
    const storage = { pvcTemplate: { resources: { requests: { storage: "5Gi" } } } };
    expect(refusals(cluster({ storage }))).toEqual([]);
    expect(refusals(cluster({ storage: { pvcTemplate: { resources: { requests: { storage: "5Gb" } } } } }))).toEqual([
      expect.stringContaining("spec.storage.pvcTemplate.resources.requests.storage"),
    ]);
  });
});

describe("an update", () => {
  const old = cluster({ bootstrap: { initdb: { database: "orders" } } });
  const changed = (spec: object) => ({ ...old, spec: { ...old.spec, ...spec } }) as CnpgCluster;

  it("may grow the storage and not shrink it", () => {
    expect(refusals(changed({ storage: { size: "20Gi" } }), old)).toEqual([]);
    expect(refusals(changed({ storage: { size: "10240Mi" } }), old)).toEqual([]);
    expect(refusals(changed({ storage: { size: "9Gi" } }), old)).toEqual([
      `spec.storage.size: Invalid value: "9Gi": can't shrink existing storage from 10Gi to 9Gi`,
    ]);
  });

  it("may not change what the data directory was made with", () => {
    const bootstrap = { initdb: { ...old.spec?.bootstrap?.initdb, database: "other", owner: "other" } };
    expect(refusals(changed({ bootstrap }), old).map((line) => line.split(":")[0])).toEqual([
      "spec.bootstrap.initdb.database",
      "spec.bootstrap.initdb.owner",
    ]);
  });

  it("may not go to wal_level minimal", () => {
    const parameters = { ...old.spec?.postgresql?.parameters, wal_level: "minimal", max_wal_senders: "0" };
    expect(refusals(changed({ postgresql: { parameters } }), old)).toEqual([
      expect.stringContaining("can't be changed to minimal"),
    ]);
  });

  it("of anything but the spec is taken even where a rule came later", () => {
    const stored = cluster({ instances: 3 });
    expect(refusals({ ...stored, status: { phase: "x" } }, stored)).toEqual([]);
  });

  it("never keeps a cluster from being deleted", () => {
    const dying = {
      ...cluster({ instances: 3 }),
      metadata: { ...old.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
    };
    expect(refusals(dying, old)).toEqual([]);
  });
});
