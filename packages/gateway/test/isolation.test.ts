import { type GraphQLObjectType, isNonNullType, printType } from "graphql";
import { createClient as createWsClient } from "graphql-ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createLogger, createSchema, type Gateway, startGateway } from "../src/index.js";
import { type ControlPlane, createControlPlane, PASSWORD } from "./support/control-plane.js";
import { type GraphqlAnswer, post } from "./support/graphql-client.js";
import { createTokenIssuer, type TokenIssuer } from "./support/token-issuer.js";

const OPERATIONS = {
  cluster: `query ($namespace: String!, $name: String!) {
    cluster(namespace: $namespace, name: $name) { uid name spec { owner } connection { host } }
  }`,
  clusters: `query ($namespace: String!) { clusters(namespace: $namespace) { nodes { name } pageInfo { endCursor hasNextPage } } }`,
  connectionCredentials: `query ($namespace: String!, $name: String!) {
    connectionCredentials(namespace: $namespace, name: $name) { host password }
  }`,
  operation: `query ($id: ID!) { operation(id: $id) { phase target { uid } } }`,
  createCluster: `mutation ($namespace: String!, $name: String!) {
    createCluster(input: { namespace: $namespace, name: $name, storage: { size: "1Gi" } }) { operation { id } cluster { uid } }
  }`,
  deleteCluster: `mutation ($namespace: String!, $name: String!) {
    deleteCluster(input: { namespace: $namespace, name: $name }) { operation { id } }
  }`,
} as const;

const PROGRESS = `subscription ($id: ID!) { operationProgress(id: $id) { phase } }`;

let plane: ControlPlane;
let issuer: TokenIssuer;
let gateway: Gateway;
let teamA: string;
let teamB: string;
/** The id of the operation that created `orders` of team-a. */
let operationId: string;
let log: string[];

beforeEach(async () => {
  log = [];
  plane = await createControlPlane();
  issuer = await createTokenIssuer();
  teamA = await issuer.tokenFor("team-a");
  teamB = await issuer.tokenFor("team-b", "namespace-admin", { sub: "bob" });
  const logger = createLogger({ level: "debug", destination: { write: (line) => void log.push(line) } });
  gateway = await startGateway({ tenantry: plane.tenantry, auth: issuer.auth, port: 0, logger });
  const variables = { namespace: "team-a", name: "orders" };
  const answer = await post<{ createCluster: { operation: { id: string } } }>(
    gateway.url,
    teamA,
    OPERATIONS.createCluster,
    variables,
  );
  operationId = answer.data.createCluster.operation.id;
  await plane.reportReady("team-a", "orders");
});

afterEach(async () => {
  await gateway.close();
  await plane.close();
});

/** The whole answer as bytes, with the words that the caller sent itself replaced, since an answer may repeat those. */
function asBytes({ status, headers, text }: GraphqlAnswer, own: Readonly<Record<string, string>>): string {
  const shown = [...headers].filter(([name]) => name !== "date");
  let all = JSON.stringify([status, shown, text]);
  for (const [word, replacement] of Object.entries(own)) all = all.replaceAll(word, replacement);
  return all;
}

const idOf = (parts: readonly unknown[]) => Buffer.from(JSON.stringify(parts)).toString("base64url");

describe("team-b", () => {
  const named = ["cluster", "connectionCredentials", "createCluster", "deleteCluster"] as const;

  test.each(named)(
    "is denied %s of team-a with the same bytes whether the cluster exists or not",
    async (operation) => {
      const before = plane.calls();
      const ask = (name: string) => post(gateway.url, teamB, OPERATIONS[operation], { namespace: "team-a", name });
      const present = await ask("orders");
      const absent = await ask("ordera");
      expect(present.errors).toEqual([
        expect.objectContaining({
          path: [operation],
          extensions: { code: "FORBIDDEN", retryable: false, reason: "Forbidden" },
        }),
      ]);
      expect(present.data).toEqual({ [operation]: null });
      expect(asBytes(present, { orders: "NAME" })).toBe(asBytes(absent, { ordera: "NAME" }));
      expect(plane.calls()).toBe(before);
    },
  );

  test.each([...named, "clusters"] as const)(
    "S190 is denied %s with the same bytes whether the namespace exists or not",
    async (operation) => {
      const before = plane.calls();
      const ask = (namespace: string) => post(gateway.url, teamB, OPERATIONS[operation], { namespace, name: "orders" });
      expect(asBytes(await ask("team-a"), { "team-a": "NS" })).toBe(asBytes(await ask("team-z"), { "team-z": "NS" }));
      expect(plane.calls()).toBe(before);
    },
  );

  test("S176 is denied an operation of team-a with the same bytes whether it exists or not", async () => {
    const before = plane.calls();
    const ask = (id: string) => post(gateway.url, teamB, OPERATIONS.operation, { id });
    const present = await ask(operationId);
    const [version, kind, , name] = JSON.parse(Buffer.from(operationId, "base64url").toString()) as unknown[];
    const absent = await ask(idOf([version, kind, "team-a", name, "00000000-0000-4000-8000-000000000000"]));
    expect(present.errors[0]?.extensions.code).toBe("FORBIDDEN");
    expect(asBytes(present, {})).toBe(asBytes(absent, {}));
    expect(plane.calls()).toBe(before);
  });

  test("S178 cannot pass an operation of team-a off as its own", async () => {
    const [version, kind, , name, uid] = JSON.parse(Buffer.from(operationId, "base64url").toString()) as unknown[];
    const { data, errors } = await post(gateway.url, teamB, OPERATIONS.operation, {
      id: idOf([version, kind, "team-b", name, uid]),
    });
    expect(data).toEqual({ operation: null });
    expect(errors[0]?.extensions.code).toBe("NOT_FOUND");
  });

  test("S165 gets no event of team-a", async () => {
    const before = plane.calls();
    const client = createWsClient({
      url: gateway.url.replace("http:", "ws:"),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${teamB}` },
      retryAttempts: 0,
    });
    const answer = async (id: string) => {
      const seen: unknown[] = [];
      await new Promise<void>((resolve) => {
        client.subscribe(
          { query: PROGRESS, variables: { id } },
          {
            next: (event) => void seen.push(event),
            error: (error) => {
              seen.push(error);
              resolve();
            },
            complete: resolve,
          },
        );
      });
      return JSON.stringify(seen);
    };
    const present = await answer(operationId);
    const [version, kind, , name] = JSON.parse(Buffer.from(operationId, "base64url").toString()) as unknown[];
    expect(present).toContain("FORBIDDEN");
    expect(present).toBe(await answer(idOf([version, kind, "team-a", name, "00000000-0000-4000-8000-000000000000"])));
    expect(plane.calls()).toBe(before);
    await client.dispose();
  });

  test("S194 sees its own list, empty, and no count or cursor of team-a", async () => {
    const { data, errors } = await post(gateway.url, teamB, OPERATIONS.clusters, { namespace: "team-b" });
    expect(errors).toEqual([]);
    expect(data).toEqual({ clusters: { nodes: [], pageInfo: { endCursor: null, hasNextPage: false } } });
  });

  test("S182 gets nothing of team-a by a cursor of team-a's list", async () => {
    const list = await post<{ clusters: { pageInfo: { endCursor: string } } }>(
      gateway.url,
      teamA,
      OPERATIONS.clusters,
      {
        namespace: "team-a",
      },
    );
    const after = list.data.clusters.pageInfo.endCursor;
    const query = `query ($after: String) { clusters(namespace: "team-b", after: $after) { nodes { name } } }`;
    expect((await post(gateway.url, teamB, query, { after })).text).not.toContain("orders");
  });

  test("S142 gets its own part of an answer, and of the denied part nothing but the denial", async () => {
    await post(gateway.url, teamB, OPERATIONS.createCluster, { namespace: "team-b", name: "own" });
    const query = `{
      own: cluster(namespace: "team-b", name: "own") { name }
      foreign: cluster(namespace: "team-a", name: "orders") { name uid }
    }`;
    const { data, errors } = await post(gateway.url, teamB, query);
    expect(data).toEqual({ own: { name: "own" }, foreign: null });
    expect(errors.map(({ path }) => path)).toEqual([["foreign"]]);
  });

  test("S089 reading team-a does not let it write there", async () => {
    const both = await issuer.sign({ namespaces: { "team-a": ["namespace-reader"], "team-b": ["namespace-admin"] } });
    expect((await post(gateway.url, both, OPERATIONS.cluster, { namespace: "team-a", name: "orders" })).errors).toEqual(
      [],
    );
    for (const operation of ["connectionCredentials", "createCluster", "deleteCluster"] as const) {
      const { errors } = await post(gateway.url, both, OPERATIONS[operation], { namespace: "team-a", name: "orders" });
      expect(errors[0]?.extensions.code).toBe("FORBIDDEN");
    }
  });
});

test("S088 a token with unknown roles, no roles, or a role called * may do nothing", async () => {
  for (const namespaces of [
    { "team-a": ["superuser"] },
    { "team-a": [] },
    {},
    { "team-a": ["*"] },
    { "*": ["namespace-admin"] },
  ]) {
    const token = await issuer.sign({ namespaces });
    const { errors } = await post(gateway.url, token, OPERATIONS.clusters, { namespace: "team-a" });
    expect(errors[0]?.extensions.code).toBe("FORBIDDEN");
  }
});

test("an account role holds in every namespace", async () => {
  const reader = await issuer.sign({ account: ["account-reader"] });
  for (const namespace of ["team-a", "team-b"]) {
    expect((await post(gateway.url, reader, OPERATIONS.clusters, { namespace })).errors).toEqual([]);
  }
  const create = await post(gateway.url, reader, OPERATIONS.createCluster, { namespace: "team-b", name: "x" });
  expect(create.errors[0]?.extensions.code).toBe("FORBIDDEN");
});

test("S181 every field of Query and Mutation is denied to a stranger before the control plane is asked", async () => {
  const schema = createSchema();
  const roots = [schema.getQueryType(), schema.getMutationType()] as GraphQLObjectType[];
  const fields = roots.flatMap((type) => Object.values(type.getFields()));
  // A new field has to be asked for here, too.
  expect(fields.map(({ name }) => name).sort()).toEqual(Object.keys(OPERATIONS).sort());
  const stranger = await issuer.sign({ sub: "eve" });
  const before = plane.calls();
  for (const { name } of fields) {
    const query = OPERATIONS[name as keyof typeof OPERATIONS];
    const { data, errors } = await post(gateway.url, stranger, query, {
      namespace: "team-a",
      name: "orders",
      id: operationId,
    });
    expect([data, errors[0]?.extensions.code]).toEqual([{ [name]: null }, "FORBIDDEN"]);
  }
  expect(plane.calls()).toBe(before);
});

test("S143 every field that may be denied is nullable, so that a denial takes nothing else away", () => {
  const schema = createSchema();
  for (const type of [schema.getQueryType(), schema.getMutationType()] as GraphQLObjectType[]) {
    for (const { name, type: result } of Object.values(type.getFields()))
      expect([name, isNonNullType(result)]).toEqual([name, false]);
  }
});

test("S213, S215 interleaved requests of two tenants each get their own", async () => {
  await post(gateway.url, teamB, OPERATIONS.createCluster, { namespace: "team-b", name: "beta" });
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const isA = index % 3 === 0;
      const [token, own, foreign] = isA ? [teamA, "team-a", "team-b"] : [teamB, "team-b", "team-a"];
      const query = `{
        own: clusters(namespace: "${own}") { nodes { name } }
        foreign: clusters(namespace: "${foreign}") { nodes { name } }
      }`;
      const { data } = await post(gateway.url, token, query);
      expect(data).toEqual({ own: { nodes: [{ name: isA ? "orders" : "beta" }] }, foreign: null });
    }),
  );
});

describe("the password", () => {
  test("S369, S370 appears in the one field that reveals it and nowhere else, the log included", async () => {
    const variables = { namespace: "team-a", name: "orders", id: operationId };
    for (const [name, query] of Object.entries(OPERATIONS)) {
      const { text } = await post(gateway.url, teamA, query, variables);
      expect([name, text.includes(PASSWORD)]).toEqual([name, name === "connectionCredentials"]);
    }
    await expect.poll(() => log.length).toBeGreaterThanOrEqual(Object.keys(OPERATIONS).length);
    const forms = [PASSWORD, Buffer.from(PASSWORD).toString("base64"), Buffer.from(PASSWORD).toString("hex")];
    for (const form of forms) expect(log.join("")).not.toContain(form);
    for (const token of [teamA, teamB]) expect(log.join("")).not.toContain(token.split(".")[2]);
  });

  test("S386 is a field of one type, which one query alone gives", () => {
    const types = Object.values(createSchema().getTypeMap()).filter((type) => /^ {2}password: /m.test(printType(type)));
    expect(types.map(({ name }) => name)).toEqual(["ConnectionCredentials"]);
    const giving = Object.values(createSchema().getTypeMap()).filter((type) =>
      /: \[?ConnectionCredentials/.test(printType(type)),
    );
    expect(giving.map(({ name }) => name)).toEqual(["Query"]);
  });
});
