import type { IncomingMessage, ServerResponse } from "node:http";
import { ApolloServer, HeaderMap, type HTTPGraphQLRequest } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { GatewayContext } from "../context.js";
import type { ErrorFormatter } from "../error.js";
import type { OperationCheck, OperationRequest } from "../limits/check-operation.js";
import { redactText } from "../logging/redact-text.js";
import { readJson } from "./read-json.js";

const MAX_VALIDATION_ERRORS = 20;

export interface GraphqlOverHttpOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly check: OperationCheck;
  readonly formatError: ErrorFormatter;
  readonly bodyBytes: number;
  readonly logger: Logger;
}

export interface GraphqlOverHttp {
  /** @throws RefusedBody when the body is not taken. */
  answer(request: IncomingMessage, response: ServerResponse, context: () => GatewayContext): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Queries and mutations by POST, queries by GET. Apollo Server without a web framework, and without the plugin that wraps every field
 * for cache hints: both cost more than the execution.
 */
export async function createGraphqlOverHttp(options: GraphqlOverHttpOptions): Promise<GraphqlOverHttp> {
  const { schema, introspection, check, formatError, bodyBytes, logger } = options;
  const apollo = new ApolloServer<GatewayContext>({
    schema,
    introspection,
    formatError,
    hideSchemaDetailsFromClientErrors: !introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
    logger: redactingLogger(logger),
    stopOnTerminationSignals: false,
    // Every setting that depends on it is given above.
    nodeEnv: "production",
  });
  await apollo.start();

  return {
    async answer(request, response, createContext) {
      const httpGraphQLRequest: HTTPGraphQLRequest = {
        method: request.method ?? "",
        headers: toHeaderMap(request),
        search: searchOf(request),
        body: request.method === "POST" ? await readJson(request, bodyBytes) : undefined,
      };
      const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest,
        context: async () => {
          const asked = readOperation(httpGraphQLRequest);
          if (asked !== undefined && check(asked).operation?.operation === "subscription") throw subscriptionOverPost();
          return createContext();
        },
      });
      response.statusCode = status ?? 200;
      for (const [name, value] of headers) if (name !== "cache-control") response.setHeader(name, value);
      if (body.kind === "complete") {
        response.end(body.string);
        return;
      }
      for await (const chunk of body.asyncIterator) response.write(chunk);
      response.end();
    },
    stop: () => apollo.stop(),
  };
}

/** What is to be sized, or undefined for what Apollo refuses anyway, with its own words. */
function readOperation({ method, search, body }: HTTPGraphQLRequest): OperationRequest | undefined {
  if (method === "POST") {
    const { query, operationName, variables } = (body ?? {}) as Record<string, unknown>;
    return typeof query === "string"
      ? { query, operationName: textOf(operationName), variables: recordOf(variables) }
      : undefined;
  }
  const parameters = new URLSearchParams(search);
  const query = parameters.get("query");
  if (query === null) return undefined;
  return {
    query,
    operationName: parameters.get("operationName"),
    variables: recordOf(parseJson(parameters.get("variables"))),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function subscriptionOverPost(): GraphQLError {
  return new GraphQLError(
    "Send a subscription with `accept: text/event-stream`, or over a WebSocket (graphql-transport-ws).",
    {
      extensions: { code: "BAD_REQUEST", http: { status: 400, headers: new HeaderMap() } },
    },
  );
}

function toHeaderMap({ headers }: IncomingMessage): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return map;
}

function searchOf({ url = "" }: IncomingMessage): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start);
}

function redactingLogger(logger: Logger) {
  const write = (level: "debug" | "info" | "warn" | "error") => (message: unknown) =>
    logger[level](redactText(String(message)));
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
