import { beforeEach, describe, expect, test } from "vitest";
import { CA_CERTIFICATE, PASSWORD } from "./support/control-plane.js";
import { post } from "./support/graphql-client.js";
import { useGateway } from "./support/use-gateway.js";

const CREATE = `mutation ($input: CreateClusterInput!) {
  createCluster(input: $input) { operation { id phase kind target { namespace name } } cluster { name ready phase } }
}`;
const CLUSTER = `query ($namespace: String!, $name: String!) {
  cluster(namespace: $namespace, name: $name) {
    name namespace ready phase spec { instances storage { size } parameters { name value } }
    connection { host port database role sslmode caCertificate }
  }
}`;
const CREDENTIALS = `query ($namespace: String!, $name: String!) {
  connectionCredentials(namespace: $namespace, name: $name) { host role password }
}`;

const fixture = useGateway();
const { ask } = fixture;

interface Created {
  readonly createCluster: { readonly operation: { readonly id: string } };
}

const inputOf = (input: object = {}) => ({
  input: { namespace: "team-a", name: "orders", storage: { size: "1Gi" }, ...input },
});

describe("createCluster", () => {
  test("returns a running operation, and the cluster when asked for", async () => {
    const { data, errors } = await ask(CREATE, inputOf());
    expect(errors).toEqual([]);
    expect(data.createCluster).toEqual({
      operation: {
        id: expect.any(String),
        phase: "RUNNING",
        kind: "CREATE",
        target: { namespace: "team-a", name: "orders" },
      },
      cluster: { name: "orders", ready: false, phase: "PENDING" },
    });
  });

  test("names every wrong field as the client wrote it", async () => {
    const { data, errors } = await ask(CREATE, inputOf({ name: "Orders", storage: { size: "10GB!" } }));
    expect(data.createCluster).toBeNull();
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", retryable: false });
    expect(errors[0]?.extensions.violations).toEqual([
      { field: "input.name", message: expect.stringContaining("DNS-1035") },
      { field: "input.storage.size", message: expect.stringContaining("quantity") },
    ]);
  });

  test("names a parameter that the operator keeps for itself", async () => {
    const parameters = [{ name: "ssl", value: "off" }];
    const { errors } = await ask(CREATE, inputOf({ parameters }));
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(errors[0]?.extensions.violations).toEqual([{ field: "input.parameters.ssl", message: expect.any(String) }]);
  });

  test("refuses a parameter that is given twice", async () => {
    const parameters = [
      { name: "work_mem", value: "8MB" },
      { name: "work_mem", value: "16MB" },
    ];
    const { errors } = await ask(CREATE, inputOf({ parameters }));
    expect(errors[0]?.extensions.violations).toEqual([
      { field: "input.parameters[1].name", message: '"work_mem" is given twice' },
    ]);
  });

  test("gives the first cluster again for the same idempotency key, and refuses another spec under it", async () => {
    const first = await ask<Created>(CREATE, inputOf({ idempotencyKey: "k-1" }));
    const second = await ask<Created>(CREATE, inputOf({ idempotencyKey: "k-1" }));
    expect(second.data.createCluster.operation.id).toBe(first.data.createCluster.operation.id);
    const other = await ask(CREATE, inputOf({ idempotencyKey: "k-1", owner: "shop" }));
    expect(other.errors[0]?.extensions.code).toBe("CONFLICT");
    const without = await ask(CREATE, inputOf());
    expect(without.errors[0]?.extensions.code).toBe("ALREADY_EXISTS");
  });

  test("says NOT_FOUND for a namespace that was granted and does not exist", async () => {
    const granted = await fixture.issuer.tokenFor("team-z");
    const { errors } = await post(fixture.gateway.url, granted, CREATE, inputOf({ namespace: "team-z" }));
    expect(errors[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a cluster that answers", () => {
  beforeEach(async () => {
    await ask(CREATE, inputOf({ parameters: [{ name: "work_mem", value: "8MB" }] }));
    await fixture.plane.reportReady("team-a", "orders");
  });

  test("shows its spec and its connection, without the password", async () => {
    const { data, errors, text } = await ask(CLUSTER, { namespace: "team-a", name: "orders" });
    expect(errors).toEqual([]);
    expect(data.cluster).toMatchObject({
      name: "orders",
      ready: true,
      phase: "READY",
      spec: { instances: 1, storage: { size: "1Gi" } },
      connection: { port: 5432, database: "app", role: "app", sslmode: "VERIFY_FULL", caCertificate: CA_CERTIFICATE },
    });
    expect(data.cluster).toHaveProperty(
      "spec.parameters",
      expect.arrayContaining([{ name: "work_mem", value: "8MB" }]),
    );
    expect(text).not.toContain(PASSWORD);
  });

  test("reveals its password to who holds credentials:reveal, and to no reader", async () => {
    const asked = { namespace: "team-a", name: "orders" };
    const admin = await ask(CREDENTIALS, asked);
    expect(admin.data.connectionCredentials).toMatchObject({ role: "app", password: PASSWORD });
    const reader = await post(
      fixture.gateway.url,
      await fixture.issuer.tokenFor("team-a", "namespace-reader"),
      CREDENTIALS,
      asked,
    );
    expect(reader.data.connectionCredentials).toBeNull();
    expect(reader.errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    expect(reader.errors[0]?.message).toContain("credentials:reveal");
  });

  test("reads one connection once a request, however often it is asked for", async () => {
    const before = fixture.plane.calls();
    await ask(`{ a: cluster(namespace: "team-a", name: "orders") { connection { host } } }`);
    const once = fixture.plane.calls() - before;
    const query = `{
      a: cluster(namespace: "team-a", name: "orders") { connection { host } }
      b: cluster(namespace: "team-a", name: "orders") { connection { port } }
    }`;
    await ask(query);
    expect(fixture.plane.calls() - before - once).toBe(once + 1);
  });
});

test("says UNAVAILABLE, to be asked again, while a cluster has no connection yet", async () => {
  await ask(CREATE, inputOf());
  const { data, errors } = await ask(CLUSTER, { namespace: "team-a", name: "orders" });
  expect(data.cluster).toMatchObject({ name: "orders", connection: null });
  expect(errors[0]).toMatchObject({
    path: ["cluster", "connection"],
    extensions: { code: "UNAVAILABLE", retryable: true, reason: "NotReady" },
  });
});

describe("clusters", () => {
  const LIST = `query ($first: Int! = 2, $after: String) {
    clusters(namespace: "team-a", first: $first, after: $after) {
      edges { cursor node { name } } nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;

  interface Listed {
    readonly clusters: {
      readonly edges: readonly { readonly cursor: string }[];
      readonly nodes: readonly { readonly name: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  }

  test("pages forward from any cursor, each cluster once", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await ask(CREATE, inputOf({ name }));
    const names: string[] = [];
    let after: string | undefined;
    for (;;) {
      const { data, errors } = await ask<Listed>(LIST, { after });
      expect(errors).toEqual([]);
      const { nodes, pageInfo } = data.clusters;
      names.push(...nodes.map((node) => node.name));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(names).toEqual(["a", "b", "c", "d", "e"]);
    const first = await ask<Listed>(LIST, { first: 4 });
    const rest = await ask<Listed>(LIST, { first: 4, after: first.data.clusters.edges[1]?.cursor });
    expect(rest.data.clusters.nodes).toEqual([{ name: "c" }, { name: "d" }, { name: "e" }]);
  });

  test.each([0, -1, 101, 1_000_000])("S122 refuses first: %d and names the argument", async (first) => {
    const { data, errors } = await ask(LIST, { first });
    expect(data.clusters).toBeNull();
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", violations: [{ field: "first" }] });
  });

  test("refuses a cursor that is none", async () => {
    const { errors } = await ask(LIST, { after: "bm9uZQ" });
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", violations: [{ field: "after" }] });
  });
});

describe("deleteCluster", () => {
  interface Deleted {
    readonly deleteCluster: { readonly operation: { readonly id: string } };
  }
  const DELETE = `mutation ($input: DeleteClusterInput!) { deleteCluster(input: $input) { operation { id kind phase } } }`;

  test("deletes, and the operation ends when the cluster is gone", async () => {
    await ask(CREATE, inputOf());
    const input = { namespace: "team-a", name: "orders" };
    const { data, errors } = await ask<Deleted>(DELETE, { input });
    expect(errors).toEqual([]);
    const { id } = data.deleteCluster.operation;
    const asked = await ask(`query ($id: ID!) { operation(id: $id) { kind phase } }`, { id });
    expect(asked.data.operation).toEqual({ kind: "DELETE", phase: "SUCCEEDED" });
  });

  test("S186 leaves a cluster alone that took the name since", async () => {
    await ask(CREATE, inputOf());
    const input = { namespace: "team-a", name: "orders", uid: "00000000-0000-4000-8000-000000000000" };
    const { errors } = await ask(DELETE, { input });
    expect(errors[0]?.extensions.code).toBe("CONFLICT");
    const { data } = await ask(CLUSTER, { namespace: "team-a", name: "orders" });
    expect(data.cluster).toMatchObject({ name: "orders" });
  });
});

test("asks with a sensible code for what is no operation id", async () => {
  const { errors } = await ask(`{ operation(id: "nonsense") { id } }`);
  expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", violations: [{ field: "id" }] });
});
