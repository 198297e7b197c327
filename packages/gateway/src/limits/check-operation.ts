import { createHash } from "node:crypto";
import { HeaderMap } from "@apollo/server";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
} from "graphql";
import { LRUCache } from "lru-cache";
import type { QueryLimits } from "./gateway-limits.js";
import { type Measure, measureOperation } from "./measure-operation.js";

/** The schema's own description nests deeper than its data: introspection queries of common tools need 13. */
const MAX_INTROSPECTION_DEPTH = 15;
const MAX_REMEMBERED_DOCUMENTS = 500;

export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Parses and sizes one request. The only place where limits are applied, so that HTTP, WebSocket and server-sent events cannot differ.
 * @throws GraphQLError for what is over a limit or is not GraphQL.
 */
export type OperationCheck = (request: OperationRequest) => CheckedOperation;

export interface CheckedOperation {
  readonly document: DocumentNode;
  /** Undefined when the document does not have the one that was named. */
  readonly operation: OperationDefinitionNode | undefined;
}

export function createOperationCheck(schema: GraphQLSchema, limits: QueryLimits): OperationCheck {
  const parsed = new LRUCache<string, DocumentNode>({ max: MAX_REMEMBERED_DOCUMENTS });

  function parseOnce(query: string): DocumentNode {
    const key = createHash("sha256").update(query).digest("base64");
    const known = parsed.get(key);
    if (known !== undefined) return known;
    const document = parseWithin(query, limits.tokens);
    parsed.set(key, document);
    return document;
  }

  return ({ query, operationName, variables }) => {
    const document = parseOnce(query);
    const operation = getOperationAST(document, operationName) ?? undefined;
    if (operation !== undefined) check(measureOperation(schema, document, operation, variables ?? {}), limits);
    return { document, operation };
  };
}

function check(measure: Measure, limits: QueryLimits): void {
  for (const name of ["depth", "aliases", "directives", "rootFields", "cost"] as const) {
    if (measure[name] > limits[name]) throw limitExceeded(name, limits[name]);
  }
  if (measure.introspectionDepth > MAX_INTROSPECTION_DEPTH) throw limitExceeded("depth", MAX_INTROSPECTION_DEPTH);
}

function parseWithin(query: string, maxTokens: number): DocumentNode {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    // graphql-js has no code for this; source of the text: its parser, advanceLexer.
    if (error instanceof GraphQLError && / tokens\. Parsing aborted\.$/.test(error.message)) {
      throw limitExceeded("tokens", maxTokens);
    }
    if (!(error instanceof GraphQLError)) throw error;
    const { message, source, positions } = error;
    throw new GraphQLError(message, {
      source,
      positions,
      extensions: { code: "GRAPHQL_PARSE_FAILED", http: badRequest() },
    });
  }
}

function limitExceeded(limit: keyof QueryLimits, maximum: number): GraphQLError {
  return new GraphQLError(`The operation is over the limit of ${maximum} for ${limit}.`, {
    extensions: { code: "LIMIT_EXCEEDED", retryable: false, limit, maximum, http: badRequest() },
  });
}

function badRequest() {
  return { status: 400, headers: new HeaderMap() };
}
