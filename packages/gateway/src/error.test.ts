import { TenantryError } from "@tenantry/sdk";
import { buildSchema, type GraphQLError, graphql } from "graphql";
import { describe, expect, test } from "vitest";
import { createErrorFormatter } from "./error.js";
import { createLogger } from "./logging/logger.js";

const SCHEMA = buildSchema(`
  input Input { size: String! }
  type Thing { name: String!, count: Int }
  type Query { thing(first: Int): Thing, list: [Thing] }
  type Mutation { make(input: Input!): Thing }
`);

/** Runs one operation whose resolver throws `thrown`, and formats what comes of it. */
async function run(source: string, thrown: unknown, { showsSchema = false, variables = {} } = {}) {
  const lines: string[] = [];
  const logger = createLogger({ destination: { write: (line) => void lines.push(line) } });
  const format = createErrorFormatter({ logger, showsSchema });
  const fail = () => {
    throw thrown;
  };
  const result = await graphql({
    schema: SCHEMA,
    source,
    rootValue: { thing: fail, make: fail },
    variableValues: variables,
  });
  const [error] = result.errors as [GraphQLError];
  return { ...format(error.toJSON(), error), log: lines.join("") };
}

test("gives an error of the SDK its code, reason, resource and whether to ask again", async () => {
  const thrown = new TenantryError("unavailable", "not ready", {
    reason: "NotReady",
    resource: { kind: "Cluster", namespace: "team-a", name: "orders" },
    retryAfterMs: 500,
  });
  expect(await run("{ thing { name } }", thrown)).toMatchObject({
    message: "not ready",
    path: ["thing"],
    extensions: {
      code: "UNAVAILABLE",
      retryable: true,
      reason: "NotReady",
      resource: { kind: "Cluster", namespace: "team-a", name: "orders" },
      retryAfterMs: 500,
    },
    log: "",
  });
});

test("names rejected fields from the input on, and as they are without one", async () => {
  const thrown = new TenantryError("invalid_argument", "two", {
    violations: [{ field: "storage.size", message: "must grow", reason: "FieldValueInvalid" }],
  });
  const mutation = await run("mutation ($i: Input!) { make(input: $i) { name } }", thrown, {
    variables: { i: { size: "1" } },
  });
  expect(mutation.extensions?.violations).toEqual([{ field: "input.storage.size", message: "must grow" }]);
  const query = await run("{ thing { name } }", thrown);
  expect(query.extensions?.violations).toEqual([{ field: "storage.size", message: "must grow" }]);
});

describe("what is nobody's business but ours", () => {
  const secrets = [
    "postgres://app:CANARY@10.0.0.1:5432/app",
    "password=CANARY host=x",
    'connect {"password":"CANARY"}',
    "Authorization: Bearer CANARY.CANARY.CANARY",
    "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----",
    "token eyJDQU5BUlk.CANARY.CANARY",
  ];

  test.each(secrets)("S136, S369, S379 masks an Error and keeps its secret out of the log: %s", async (text) => {
    const { message, extensions, log } = await run("{ thing { name } }", new Error(text, { cause: new Error(text) }));
    expect(message).toBe("Internal server error");
    expect(extensions).toEqual({ code: "INTERNAL_SERVER_ERROR", retryable: false, correlationId: expect.any(String) });
    expect(log).toContain(String(extensions?.correlationId));
    expect(log).toContain("error.test.ts");
    expect(log).not.toContain("CANARY");
  });

  test.each([
    ["a text", "CANARY"],
    ["null", null],
    ["undefined", undefined],
    ["an object", { password: "CANARY" }],
    ["an internal error of the SDK", new TenantryError("internal", "CANARY")],
    ["the API server refusing the gateway", new TenantryError("unauthenticated", "CANARY", { reason: "Unauthorized" })],
  ])("S140 masks %s", async (_, thrown) => {
    const { log, ...shown } = await run("{ thing { name } }", thrown);
    expect(shown.message).toBe("Internal server error");
    expect(shown.extensions?.code).toBe("INTERNAL_SERVER_ERROR");
    expect(JSON.stringify(shown)).not.toContain("CANARY");
    expect(log).not.toBe("");
  });

  test("masks a value that does not fit the schema, which GraphQL would quote", async () => {
    const result = await graphql({
      schema: SCHEMA,
      source: "{ thing { count } }",
      rootValue: { thing: { count: "CANARY" } },
    });
    const [error] = result.errors as [GraphQLError];
    expect(error.message).toContain("CANARY");
    const format = createErrorFormatter({ logger: createLogger({ level: "silent" }), showsSchema: true });
    expect(format(error.toJSON(), error).message).toBe("Internal server error");
  });
});

describe("what is wrong with the request", () => {
  test("keeps its text", async () => {
    const { message, extensions, log } = await run("{ nothing }", undefined);
    expect(message).toBe('Cannot query field "nothing" on type "Query".');
    expect(extensions).toMatchObject({ retryable: false });
    expect(log).toBe("");
  });

  test("S134 loses suggestions where the schema is not shown", async () => {
    expect((await run("{ thingg { name } }", undefined)).message).toBe('Cannot query field "thingg" on type "Query".');
    const shown = await run("{ thingg { name } }", undefined, { showsSchema: true });
    expect(shown.message).toContain('Did you mean "thing"?');
  });

  test("is BAD_USER_INPUT for a variable, and S145 does not repeat a long one", async () => {
    const source = "mutation ($i: Input!) { make(input: $i) { name } }";
    const wrong = await run(source, undefined, { variables: { i: { size: 1 } } });
    expect(wrong.extensions?.code).toBe("BAD_USER_INPUT");
    expect(wrong.message).toContain("size");
    const long = await run(source, undefined, { variables: { i: "CANARY".repeat(50) } });
    expect(long.message).not.toContain("CANARY");
  });
});
