import { GraphQLError, getIntrospectionQuery } from "graphql";
import { describe, expect, test } from "vitest";
import { createSchema } from "../create-schema.js";
import { createOperationCheck, type OperationRequest } from "./check-operation.js";
import { DEFAULT_LIMITS, type GivenLimits, toLimits } from "./gateway-limits.js";

const CLUSTER = 'cluster(namespace: "a", name: "b")';

/** The limit that stops a request, or "none". */
function stoppedBy(request: string | OperationRequest, limits: GivenLimits = {}): unknown {
  const check = createOperationCheck(createSchema(), toLimits(limits));
  try {
    check(typeof request === "string" ? { query: request } : request);
    return "none";
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    expect(error.extensions).toMatchObject({ http: { status: 400 } });
    return error.extensions.limit ?? error.extensions.code;
  }
}

/** Elapsed milliseconds, generous to a busy machine: what these attacks would otherwise take is minutes. */
function elapsed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const nested = (depth: number): string => (depth === 1 ? "name" : `a { ${nested(depth - 1)} }`);
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");

test("lets ordinary operations pass", () => {
  expect(stoppedBy(`{ ${CLUSTER} { name spec { storage { size } } connection { host } } }`)).toBe("none");
  expect(stoppedBy('{ clusters(namespace: "a", first: 100) { edges { node { name ready phase } } } }')).toBe("none");
});

describe("depth", () => {
  test("S110 counts fields below one another", () => {
    expect(stoppedBy(`{ ${nested(10)} }`)).toBe("none");
    expect(stoppedBy(`{ ${nested(11)} }`)).toBe("depth");
  });

  test("S110 counts through fragments and inline fragments", () => {
    expect(stoppedBy(`{ a { ...F } } fragment F on Cluster { ${nested(10)} }`)).toBe("depth");
    expect(stoppedBy(`{ a { ... on Cluster { ... { ${nested(10)} } } } }`)).toBe("depth");
    expect(stoppedBy(`{ a { ...F } } fragment F on Cluster { ${nested(9)} }`)).toBe("none");
  });

  test("S128 takes the introspection query of common tools, and none much deeper", () => {
    expect(stoppedBy(getIntrospectionQuery())).toBe("none");
    const types = (levels: number): string => (levels === 0 ? "name" : `ofType { ${types(levels - 1)} }`);
    expect(stoppedBy(`{ __type(name: "A") { ${types(30)} } }`)).toBe("depth");
  });
});

describe("aliases", () => {
  test("S111 counts them, in fragments as well", () => {
    const limits = { tokens: 100_000 };
    expect(stoppedBy(`{ ${CLUSTER} { ${times(15, (i) => `a${i}: name`)} } }`, limits)).toBe("none");
    expect(stoppedBy(`{ ${CLUSTER} { ${times(16, (i) => `a${i}: name`)} } }`, limits)).toBe("aliases");
    expect(stoppedBy(`{ ${CLUSTER} { ...F ...F } } fragment F on Cluster { ${times(8, (i) => `a${i}: name`)} }`)).toBe(
      "aliases",
    );
  });

  test("S112 does not let __typename off", () => {
    expect(stoppedBy(`{ ${times(200, (i) => `a${i}: __typename`)} }`)).toBe("aliases");
    expect(stoppedBy(`{ ${times(20_000, (i) => `a${i}: __typename`)} }`)).toBe("tokens");
  });
});

describe("tokens", () => {
  test("S113, S118 stops reading a document that is too long", () => {
    expect(stoppedBy(`{ ${times(10_000, () => "a")} }`)).toBe("tokens");
    expect(stoppedBy(`{ ${CLUSTER} { ${times(900, () => "name")} } }`)).toBe("none");
  });

  test("S119 stops at deeply nested values without running out of stack", () => {
    expect(stoppedBy(`{ cluster(namespace: ${"[".repeat(10_000)}`)).toBe("tokens");
    expect(stoppedBy(`{ ${"a { ".repeat(10_000)}`)).toBe("tokens");
  });
});

describe("fragments", () => {
  test("S116 sizes a bomb of 2^30 fields without unfolding it", () => {
    const bomb = `{ ...F0 } ${times(30, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F30 on Query { __typename }`;
    let stopped: unknown;
    expect(elapsed(() => (stopped = stoppedBy(bomb, { rootFields: 2 ** 40 })))).toBeLessThan(1_000);
    expect(stopped).toBe("cost");
  });

  test.each([
    ["itself", "fragment A on Query { ...A }"],
    ["one other", "fragment A on Query { ...B } fragment B on Query { ...A }"],
    ["two others", "fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }"],
  ])("S115 comes to an end with a fragment that spreads %s", (_, fragments) => {
    expect(stoppedBy(`{ ...A } ${fragments}`)).toBe("none");
  });

  test("takes an unknown fragment for nothing, since validation refuses it", () => {
    expect(stoppedBy("{ ...Unknown }")).toBe("none");
  });
});

describe("root fields and directives", () => {
  test("S127 counts root fields, whatever they are called", () => {
    expect(stoppedBy(`{ ${times(10, () => "__typename")} }`)).toBe("none");
    expect(stoppedBy(`{ ${times(11, () => "__typename")} }`)).toBe("rootFields");
    expect(stoppedBy(`{ ...F ...F } fragment F on Query { ${times(6, () => "__typename")} }`)).toBe("rootFields");
  });

  test("counts directives on fields, spreads and operations", () => {
    expect(stoppedBy(`{ __typename ${"@a ".repeat(20)} }`)).toBe("none");
    expect(stoppedBy(`query @a { __typename ${"@a ".repeat(20)} }`)).toBe("directives");
    expect(stoppedBy(`{ ...F ${"@a ".repeat(21)} } fragment F on Query { __typename }`)).toBe("directives");
  });
});

describe("cost", () => {
  const list = (first: string) => `{ clusters(namespace: "a"${first}) { nodes { ${times(60, () => "name")} } } }`;

  test("counts a page as often as its first says, and the default without one", () => {
    expect(stoppedBy(list(", first: 10"))).toBe("none");
    expect(stoppedBy(list(", first: 100"))).toBe("cost");
    expect(stoppedBy(list(""), { cost: 20 * 61 })).toBe("cost");
    expect(stoppedBy(list(""), { cost: 20 * 61 + 1 })).toBe("none");
  });

  test("S124 counts by the value of a variable, or its default", () => {
    const query = list(", first: $first");
    expect(stoppedBy({ query: `query ($first: Int!) ${query}`, variables: { first: 100 } })).toBe("cost");
    expect(stoppedBy({ query: `query ($first: Int!) ${query}`, variables: { first: 10 } })).toBe("none");
    expect(stoppedBy({ query: `query ($first: Int! = 100) ${query}` })).toBe("cost");
  });

  test("counts fields that need several reads several times", () => {
    const query = '{ clusters(namespace: "a", first: 100) { nodes { connection { host } } } }';
    expect(stoppedBy(query, { cost: 1_201 })).toBe("none");
    expect(stoppedBy(query, { cost: 1_200 })).toBe("cost");
  });

  test("S125 sizes the operation that is named, and parses all within the limit of tokens", () => {
    const query = `query Small { __typename } query Large ${list(", first: 100")}`;
    expect(stoppedBy({ query, operationName: "Small" })).toBe("none");
    expect(stoppedBy({ query, operationName: "Large" })).toBe("cost");
  });
});

test("gives a syntax error its own code", () => {
  expect(stoppedBy("{ cluster( }")).toBe("GRAPHQL_PARSE_FAILED");
});

test("refuses a limit that is none, or no number, and names it", () => {
  expect(() => toLimits({ dept: 3 } as never)).toThrow("limits.dept: is no limit");
  expect(() => toLimits({ depth: 0 })).toThrow("limits.depth");
  expect(() => toLimits({ depth: "3" as never })).toThrow("limits.depth");
  expect(toLimits({ depth: undefined })).toEqual(DEFAULT_LIMITS);
});
