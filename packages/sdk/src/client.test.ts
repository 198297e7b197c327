import { describe, expect, test } from "vitest";
import { PERMISSIONS, type Permission } from "./access/permission.js";
import type { Principal } from "./access/principal.js";
import { BASE_ROLES } from "./access/role.js";
import { createTenantry, type NamespaceClient } from "./client.js";
import type { KubernetesObject } from "./kubernetes/object.js";
import { cloudNativePg } from "./providers/cloudnative-pg/cloud-native-pg.js";
import { toOperationId } from "./provisioning/operation-id.js";
import type { Transport } from "./transport/transport.js";

/** Counts what reaches the control plane and lets nothing be found there. */
function emptyPlane() {
  const calls: string[] = [];
  const transport: Transport = {
    send: async <T>({
      verb,
      resource,
      namespace,
      name,
    }: {
      verb: string;
      resource: { plural: string };
      namespace?: string | undefined;
      name?: string | undefined;
    }) => {
      calls.push(`${verb} ${resource.plural} ${namespace}/${name ?? ""}`);
      return { metadata: { resourceVersion: "1" }, items: [] } as T;
    },
    async *watch<T extends KubernetesObject>(): AsyncGenerator<{ type: "ADDED"; object: T }> {
      calls.push("watch");
      yield* [];
    },
  };
  return { transport, calls };
}

/** Every operation that there is, with all it needs. A method that is missing here fails the test below. */
const OPERATIONS: Readonly<Record<string, { needs: readonly Permission[]; run(team: NamespaceClient): unknown }>> = {
  "clusters.create": {
    needs: ["clusters:create"],
    run: (team) => team.clusters.create("orders", { storage: { size: "1Gi" } }),
  },
  "clusters.apply": {
    needs: ["clusters:create", "clusters:update"],
    run: (team) => team.clusters.apply("orders", { storage: { size: "1Gi" } }),
  },
  "clusters.get": { needs: ["clusters:get"], run: (team) => team.clusters.get("orders") },
  "clusters.list": { needs: ["clusters:list"], run: (team) => team.clusters.list() },
  "clusters.all": { needs: ["clusters:list"], run: (team) => team.clusters.all().next() },
  "clusters.follow": { needs: ["clusters:watch"], run: (team) => team.clusters.follow().next() },
  "clusters.delete": { needs: ["clusters:delete"], run: (team) => team.clusters.delete("orders") },
  "clusters.connection": { needs: ["connections:get"], run: (team) => team.clusters.connection("orders") },
  "clusters.revealCredentials": {
    needs: ["credentials:reveal"],
    run: (team) => team.clusters.revealCredentials("orders"),
  },
  "operations.get": { needs: ["clusters:get"], run: (team) => team.operations.get(operationIn("team-a")) },
  "operations.follow": {
    needs: ["clusters:watch"],
    run: (team) => team.operations.follow(operationIn("team-a")).next(),
  },
};

function operationIn(namespace: string): string {
  return toOperationId({ kind: "create", namespace, name: "orders", uid: "u1" });
}

function clientOf(permissions: readonly Permission[], more: Partial<Principal> = {}) {
  const plane = emptyPlane();
  const principal: Principal = {
    subject: { kind: "user", issuer: "", name: "ada" },
    namespaces: new Map([["team-a", ["some"]]]),
    account: [],
    ...more,
  };
  const roles = new Map([...BASE_ROLES, ["some", new Set(permissions)]]);
  const tenantry = createTenantry({ transport: plane.transport, providers: { clusters: cloudNativePg() }, roles });
  return { client: tenantry.as(principal), calls: plane.calls };
}

async function codeOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

test("every method of a namespace client is in the table of operations", () => {
  const team = clientOf([]).client.namespace("team-a");
  const methods = Object.entries({ clusters: team.clusters, operations: team.operations }).flatMap(([name, part]) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(part))
      .filter((method) => method !== "constructor")
      .map((method) => `${name}.${method}`),
  );
  expect(methods.sort()).toEqual(Object.keys(OPERATIONS).sort());
});

describe.each(Object.entries(OPERATIONS))("%s", (_name, { needs, run }) => {
  test.each(needs)("is refused without %s, before anything reaches the control plane", async (missing) => {
    const { client, calls } = clientOf(PERMISSIONS.filter((permission) => permission !== missing));
    expect(await codeOf(() => run(client.namespace("team-a")))).toBe("permission_denied");
    expect(calls).toEqual([]);
  });

  test("needs nothing more", async () => {
    const { client } = clientOf(needs);
    expect(await codeOf(() => run(client.namespace("team-a")))).not.toBe("permission_denied");
  });

  test("is refused in another namespace, whatever is held in this one", async () => {
    const { client, calls } = clientOf(PERMISSIONS);
    expect(await codeOf(() => run(client.namespace("team-b")))).toBe("permission_denied");
    expect(calls).toEqual([]);
  });

  test("is unauthenticated once the principal has expired", async () => {
    const { client, calls } = clientOf(PERMISSIONS, { expiresAt: new Date(Date.now() - 1) });
    expect(await codeOf(() => run(client.namespace("team-a")))).toBe("unauthenticated");
    expect(calls).toEqual([]);
  });
});

test("an operation of another namespace cannot be asked for through one's own", async () => {
  const { client, calls } = clientOf(PERMISSIONS);
  const { operations } = client.namespace("team-a");
  expect(await codeOf(() => operations.get(operationIn("team-b")))).toBe("permission_denied");
  expect(await codeOf(() => operations.follow(operationIn("team-b")).next())).toBe("permission_denied");
  expect(calls).toEqual([]);
});

test("an operation by its id alone is authorized in the namespace that the id names", async () => {
  const { client, calls } = clientOf(PERMISSIONS);
  expect(await codeOf(() => client.operations.get(operationIn("team-b")))).toBe("permission_denied");
  expect(await codeOf(() => client.operations.follow(operationIn("team-b")).next())).toBe("permission_denied");
  expect(await codeOf(() => client.operations.get("x"))).toBe("invalid_argument");
  expect(calls).toEqual([]);
  expect(await codeOf(() => client.operations.get(operationIn("team-a")))).not.toBe("permission_denied");
});

describe("fields that amount to superuser", () => {
  const spec = { storage: { size: "1Gi" } };

  test.each([
    ["hba", { ...spec, hba: ["host all all all trust"] }, "clusters:configureHba"],
    ["superuserAccess", { ...spec, superuserAccess: true }, "clusters:enableSuperuser"],
  ] as const)("%s needs a permission of its own", async (_field, sensitive, permission) => {
    const without = clientOf(PERMISSIONS.filter((held) => held !== permission));
    const { clusters } = without.client.namespace("team-a");
    expect(await codeOf(() => clusters.create("orders", sensitive))).toBe("permission_denied");
    expect(await codeOf(() => clusters.create("orders", spec))).not.toBe("permission_denied");
    const withIt = clientOf(["clusters:create", permission]).client.namespace("team-a");
    expect(await codeOf(() => withIt.clusters.create("orders", sensitive))).not.toBe("permission_denied");
  });
});

describe("bad input", () => {
  test("names every field that is wrong, before any call", async () => {
    const { client, calls } = clientOf(PERMISSIONS);
    const { clusters } = client.namespace("team-a");
    const attempt = clusters.create("My.Orders", {
      storage: { size: "10Gb" },
      instances: 0,
      postgresVersion: 9,
      database: "",
      owner: "x".repeat(64),
      parameters: { "work mem": "1", ssl: "off", max_connections: "1\n2" },
      hba: ["a\nb"],
    });
    await expect(attempt).rejects.toMatchObject({ code: "invalid_argument" });
    const violations = await attempt.catch((error) => error.violations.map(({ field }: { field: string }) => field));
    expect(violations).toEqual([
      "name",
      "storage.size",
      "instances",
      "postgresVersion",
      "database",
      "owner",
      "parameters.work mem",
      "parameters.max_connections",
      "hba[0]",
      "parameters.ssl",
    ]);
    expect(calls).toEqual([]);
  });

  test("of a namespace is refused at once", () => {
    const { client } = clientOf(PERMISSIONS);
    for (const name of ["", "Team", "a/b", "..", "a".repeat(64)]) {
      expect(() => client.namespace(name)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    }
  });

  test.each(["", "x", "bm90IGpzb24", toOperationId({ kind: "create", namespace: "a", name: "b", uid: "c" }).slice(2)])(
    "as an operation id (%j) is no operation",
    async (id) => {
      const { operations } = clientOf(PERMISSIONS).client.namespace("team-a");
      expect(await codeOf(() => operations.get(id))).toBe("invalid_argument");
    },
  );

  test.each([0, -1, 1.5, 501, Number.NaN])("as a page size (%d) names its range", async (first) => {
    const { clusters } = clientOf(PERMISSIONS).client.namespace("team-a");
    await expect(clusters.list({ first })).rejects.toThrow(/first: must be a whole number from 1 to 500/);
  });
});

test("a field that the operator does not have is refused before any call, and does not compile", async () => {
  const { transport, calls } = emptyPlane();
  const provider = cloudNativePg();
  const limited = { ...provider, capabilities: { ...provider.capabilities, hba: "unsupported" } as const };
  const ada: Principal = {
    subject: { kind: "user", issuer: "", name: "ada" },
    namespaces: new Map(),
    account: ["account-admin"],
  };
  const { clusters } = createTenantry({ transport, providers: { clusters: limited } })
    .as(ada)
    .namespace("team-a");
  // @ts-expect-error: `hba` is unsupported by this provider.
  const attempt = clusters.create("orders", { storage: { size: "1Gi" }, hba: ["local all all peer"] });
  await expect(attempt).rejects.toMatchObject({ code: "unimplemented", violations: [{ field: "hba" }] });
  expect(calls).toEqual([]);
});
