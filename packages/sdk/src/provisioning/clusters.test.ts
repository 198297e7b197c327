import { createTestPlane, type TestPlane } from "@tenantry/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Principal } from "../access/principal.js";
import { createTenantry, type NamespaceClient } from "../client.js";
import { type KubernetesObject, SECRETS } from "../kubernetes/object.js";
import { cloudNativePg } from "../providers/cloudnative-pg/cloud-native-pg.js";
import { CNPG_CLUSTERS } from "../providers/cloudnative-pg/cluster-object.js";
import type { Operation } from "./operation.js";

const SPEC = { storage: { size: "1Gi" } };

let plane: TestPlane;
let team: NamespaceClient;

function principalOf(name: string, roles: Record<string, readonly string[]>, more: Partial<Principal> = {}): Principal {
  return {
    subject: { kind: "user", issuer: "", name },
    namespaces: new Map(Object.entries(roles)),
    account: [],
    ...more,
  };
}

function clientOf(principal: Principal, namespace: string): NamespaceClient {
  return createTenantry({ transport: plane.transport, providers: { clusters: cloudNativePg() } })
    .as(principal)
    .namespace(namespace);
}

beforeEach(async () => {
  plane = await createTestPlane({ namespaces: ["team-a", "team-b"] });
  team = clientOf(principalOf("ada", { "team-a": ["namespace-admin"] }), "team-a");
});

afterEach(async () => plane.close());

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

function setStatus(name: string, status: Readonly<Record<string, unknown>>): Promise<KubernetesObject> {
  return plane.setStatus({ resource: CNPG_CLUSTERS, namespace: "team-a", name }, status);
}

const HEALTHY = {
  phase: "Cluster in healthy state",
  readyInstances: 1,
  conditions: [
    {
      type: "Ready",
      status: "True",
      reason: "ClusterIsReady",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    },
  ],
  certificates: { serverCASecret: "orders-ca", serverTLSSecret: "orders-server" },
};

describe("create", () => {
  test("returns a running operation, and ready() resolves when the operator is done", async () => {
    const handle = await team.clusters.create("orders", SPEC);
    expect(handle.operation).toMatchObject({
      kind: "create",
      phase: "running",
      target: { namespace: "team-a", name: "orders" },
    });
    const ready = handle.ready();
    await setStatus("orders", HEALTHY);
    expect(await ready).toMatchObject({ name: "orders", ready: true, phase: "ready" });
  });

  test("of a name that is taken is already_exists, and leaves what is there", async () => {
    await team.clusters.create("orders", SPEC);
    await expect(team.clusters.create("orders", { storage: { size: "2Gi" } })).rejects.toMatchObject({
      code: "already_exists",
    });
    expect((await team.clusters.get("orders")).spec.storage.size).toBe("1Gi");
  });

  test("in a namespace that does not exist is not_found and names it", async () => {
    const ghost = clientOf(principalOf("root", {}, { account: ["account-admin"] }), "ghost");
    await expect(ghost.clusters.create("orders", SPEC)).rejects.toThrow(/\[not_found\].*"ghost"/);
  });

  test("repeated with its idempotency key returns the same cluster, and refuses another spec", async () => {
    const options = { idempotencyKey: "k-1" };
    const first = await team.clusters.create("orders", SPEC, options);
    expect((await team.clusters.create("orders", SPEC, options)).uid).toBe(first.uid);
    await expect(team.clusters.create("orders", { storage: { size: "2Gi" } }, options)).rejects.toMatchObject({
      code: "conflict",
      reason: "IdempotencyKeyReused",
    });
    await expect(team.clusters.create("orders", SPEC, { idempotencyKey: "k-2" })).rejects.toMatchObject({
      code: "already_exists",
    });
  });

  test("refused by the operator names the caller's field", async () => {
    await expect(team.clusters.create("orders", { ...SPEC, instances: 3 })).rejects.toMatchObject({
      code: "invalid_argument",
      violations: [expect.objectContaining({ field: "instances" })],
    });
  });
});

describe("waiting", () => {
  test("shows each step once and ends with the last", async () => {
    const { operation, progress } = await team.clusters.create("orders", SPEC).then((handle) => ({
      operation: handle.operation,
      progress: handle.progress(),
    }));
    expect(operation.steps.map(({ state }) => state)).toEqual(["done", "running", "pending", "pending", "pending"]);
    const seen: Operation[] = [];
    for await (const step of progress) {
      seen.push(step);
      if (seen.length === 1)
        await setStatus("orders", { phase: "Setting up primary", certificates: HEALTHY.certificates });
      if (seen.length === 2) await setStatus("orders", HEALTHY);
    }
    expect(seen.map(({ phase }) => phase)).toEqual(["running", "running", "succeeded"]);
    expect(seen[1]?.steps.find(({ state }) => state === "running")?.name).toBe("bootstrap");
  });

  test("rejects with the caller's own reason when aborted, and the cluster goes on", async () => {
    const handle = await team.clusters.create("orders", SPEC);
    const abort = new AbortController();
    const ready = handle.ready({ signal: abort.signal });
    const reason = new Error("gone for lunch");
    abort.abort(reason);
    await expect(ready).rejects.toBe(reason);
    expect((await team.clusters.get("orders")).uid).toBe(handle.uid);
  });

  test("says where it stood when the time is spent", async () => {
    const handle = await team.clusters.create("orders", SPEC);
    await expect(handle.ready({ timeoutMs: 20 })).rejects.toThrow(/\[deadline_exceeded\].*certificates/);
  });

  test("fails with the operator's words when a person is needed", async () => {
    const handle = await team.clusters.create("orders", SPEC);
    await setStatus("orders", { phase: "Not enough disk space", phaseReason: "volume is full" });
    await expect(handle.ready()).rejects.toThrow(/\[unavailable\].*Not enough disk space: volume is full/);
  });

  test("fails when the cluster is deleted meanwhile", async () => {
    const handle = await team.clusters.create("orders", SPEC);
    const ready = handle.ready();
    await team.clusters.delete("orders");
    await expect(ready).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("apply", () => {
  test("creates, changes, and gives back what is left out", async () => {
    await team.clusters.apply("orders", { ...SPEC, parameters: { work_mem: "8MB" } });
    await team.clusters.apply("orders", { ...SPEC, storage: { size: "2Gi" } });
    const { spec } = await team.clusters.get("orders");
    expect(spec.storage.size).toBe("2Gi");
    expect(spec.parameters).not.toHaveProperty("work_mem");
  });

  test("of the same spec writes nothing", async () => {
    await team.clusters.apply("orders", SPEC);
    const before = await team.clusters.get("orders");
    await team.clusters.apply("orders", SPEC);
    expect((await team.clusters.get("orders")).resourceVersion).toBe(before.resourceVersion);
  });

  test("takes over what create wrote, so that leaving a field out removes it", async () => {
    await team.clusters.create("orders", { ...SPEC, parameters: { work_mem: "8MB" } });
    await team.clusters.apply("orders", SPEC);
    expect((await team.clusters.get("orders")).spec.parameters).not.toHaveProperty("work_mem");
  });

  test("of a field that another manager owns is a conflict, unless forced", async () => {
    await team.clusters.apply("orders", SPEC);
    const body = {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: { name: "orders" },
      spec: { storage: { size: "3Gi" } },
    };
    const request = {
      verb: "apply",
      resource: CNPG_CLUSTERS,
      namespace: "team-a",
      name: "orders",
      body,
      force: true,
    } as const;
    await plane.transport.send({ ...request, fieldManager: "somebody" });
    const wanted = { storage: { size: "4Gi" } };
    await expect(team.clusters.apply("orders", wanted)).rejects.toMatchObject({ code: "conflict" });
    await team.clusters.apply("orders", wanted, { force: true });
    expect((await team.clusters.get("orders")).spec.storage.size).toBe("4Gi");
  });
});

test("pages run through every cluster once, whatever their size and wherever one goes on", async () => {
  const names = Array.from({ length: 11 }, (_, index) => `db-${String(index).padStart(2, "0")}`);
  await Promise.all(names.map((name) => team.clusters.create(name, SPEC)));
  expect((await collect(team.clusters.all())).map(({ name }) => name)).toEqual(names);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 11, maxLength: 11 }),
      fc.nat(5),
      async (sizes, stop) => {
        const seen: string[] = [];
        let after: string | undefined;
        for (const first of sizes) {
          const page = await team.clusters.list({ first, after });
          // Now and then go on behind an item in the middle of a page.
          const kept = stop < page.items.length - 1 ? stop + 1 : page.items.length;
          seen.push(...page.items.slice(0, kept).map(({ name }) => name));
          after = page.cursors[kept - 1];
          if (kept === page.items.length && !page.hasNextPage) break;
        }
        expect(seen).toEqual(names);
      },
    ),
    { numRuns: 50 },
  );
});

test("follow shows what is there, then what changes", async () => {
  await team.clusters.create("orders", SPEC);
  const events = team.clusters.follow();
  const next = async () => (await events.next()).value;
  expect(await next()).toMatchObject({ type: "snapshot", items: [{ name: "orders" }] });
  await team.clusters.create("bills", SPEC);
  expect(await next()).toMatchObject({ type: "added", cluster: { name: "bills" } });
  await team.clusters.delete("orders");
  expect(await next()).toMatchObject({ type: "deleted", cluster: { name: "orders" } });
  await events.return?.();
});

test("a stream ends with unauthenticated at the moment the principal expires", async () => {
  const expiresAt = new Date(Date.now() + 150);
  const brief = clientOf(principalOf("ada", { "team-a": ["namespace-admin"] }, { expiresAt }), "team-a");
  const events = brief.clusters.follow();
  expect((await events.next()).value).toMatchObject({ type: "snapshot" });
  await expect(events.next()).rejects.toMatchObject({ code: "unauthenticated", reason: "Expired" });
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime() - 1);
});

describe("delete", () => {
  test("is an operation that ends when the cluster is gone", async () => {
    await team.clusters.create("orders", SPEC);
    const operation = await team.clusters.delete("orders");
    expect(operation).toMatchObject({ kind: "delete", target: { name: "orders" } });
    const last = (await collect(team.operations.follow(operation.id))).at(-1);
    expect(last?.phase).toBe("succeeded");
    await expect(team.clusters.get("orders")).rejects.toMatchObject({ code: "not_found" });
  });

  test("by uid leaves another cluster of the same name alone", async () => {
    const old = await team.clusters.create("orders", SPEC);
    await team.clusters.delete("orders");
    await team.clusters.create("orders", SPEC);
    await expect(team.clusters.delete("orders", { uid: old.uid })).rejects.toMatchObject({ code: "conflict" });
    expect((await team.clusters.get("orders")).uid).not.toBe(old.uid);
  });
});

describe("the connection", () => {
  const secret = (name: string, stringData: Record<string, string>) =>
    plane.transport.send<KubernetesObject>({
      verb: "create",
      resource: SECRETS,
      namespace: "team-a",
      body: { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData },
    });

  test("is unavailable until the operator has made it, then complete, and the password is only in the revealed one", async () => {
    await team.clusters.create("orders", SPEC);
    await expect(team.clusters.connection("orders")).rejects.toMatchObject({ code: "unavailable", reason: "NotReady" });
    await setStatus("orders", HEALTHY);
    await expect(team.clusters.connection("orders")).rejects.toMatchObject({ code: "unavailable", reason: "NotReady" });
    await secret("orders-ca", { "ca.crt": "PEM" });
    await secret("orders-app", { password: "hunter2", "fqdn-uri": "postgresql://app:hunter2@127.0.0.1:5433/app" });
    const connection = await team.clusters.connection("orders");
    expect(connection).toEqual({
      host: "127.0.0.1",
      port: 5433,
      database: "app",
      role: "app",
      sslmode: "verify-full",
      caCertificate: "PEM",
    });
    expect(await team.clusters.revealCredentials("orders")).toEqual({ ...connection, password: "hunter2" });
  });

  test("may be read by a reader, the password may not", async () => {
    await team.clusters.create("orders", SPEC);
    const reader = clientOf(principalOf("bob", { "team-a": ["namespace-reader"] }), "team-a");
    await expect(reader.clusters.connection("orders")).rejects.toMatchObject({ code: "unavailable" });
    await expect(reader.clusters.revealCredentials("orders")).rejects.toMatchObject({ code: "permission_denied" });
  });
});

describe("another tenant", () => {
  test("gets the same answer whether or not the cluster exists", async () => {
    const stranger = clientOf(principalOf("eve", { "team-b": ["namespace-admin"] }), "team-a");
    const handle = await team.clusters.create("orders", SPEC);
    const answers = (name: string) =>
      Promise.all(
        [
          () => stranger.clusters.get(name),
          () => stranger.clusters.list(),
          () => stranger.clusters.follow().next(),
          () => stranger.clusters.create(name, SPEC),
          () => stranger.clusters.apply(name, SPEC),
          () => stranger.clusters.delete(name),
          () => stranger.clusters.connection(name),
          () => stranger.clusters.revealCredentials(name),
          () => stranger.operations.get(handle.operation.id),
          () => stranger.operations.follow(handle.operation.id).next(),
        ].map(async (attempt) => {
          try {
            await attempt();
            return "let in";
          } catch (error) {
            return String(error);
          }
        }),
      );
    const existing = await answers("orders");
    expect(existing).toEqual(await answers("absent"));
    expect(existing.every((answer) => answer.includes("[permission_denied]"))).toBe(true);
  });
});
