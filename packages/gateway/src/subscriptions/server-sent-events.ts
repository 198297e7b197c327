import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ExecutionResult, type GraphQLError, subscribe } from "graphql";
import { createHandler, type Response } from "graphql-sse";
import type { GatewayContext } from "../context.js";
import type { ErrorFormatter } from "../error.js";
import { readJson } from "../http/read-json.js";
import { endWithError } from "./end-with-error.js";
import { formatResult } from "./format-result.js";
import type { PrepareOperation } from "./prepare-operation.js";

export interface ServerSentEventsOptions {
  readonly prepare: PrepareOperation;
  readonly formatError: ErrorFormatter;
  readonly bodyBytes: number;
}

export interface ServerSentEvents {
  /** @throws RefusedBody when the body is not taken. */
  answer(request: IncomingMessage, response: ServerResponse, context: GatewayContext): Promise<void>;
}

interface StreamContext {
  readonly context: GatewayContext;
  readonly response: ServerResponse;
}

/**
 * One operation a request, its results as events (graphql-sse, "distinct connections mode"). POST alone: a query string would put the
 * document, and for browsers' own EventSource also the token, into logs on the way.
 */
export function createServerSentEvents({ prepare, formatError, bodyBytes }: ServerSentEventsOptions): ServerSentEvents {
  // The library's type for results is that of errors not yet formatted; what it does with them is `JSON.stringify`.
  const format = (result: ExecutionResult) => formatResult(result, formatError) as ExecutionResult;

  const handler = createHandler<IncomingMessage, StreamContext, Record<PropertyKey, unknown>>({
    // No tokens of graphql-sse's own: each stream is authenticated by the request that opens it.
    authenticate: () => null,
    validate: () => [],
    onSubscribe({ context: { context } }, { query, operationName, variables }) {
      const prepared = prepare({ query, operationName, variables }, context);
      if (!isErrors(prepared)) return { ...prepared, contextValue: { ...context } };
      // Over a limit or no GraphQL at all: refused as over HTTP. What is wrong with the document arrives as the stream's only event.
      const isRefused = prepared.some(({ extensions }) => "http" in extensions);
      return isRefused ? refusal(format({ errors: prepared })) : onlyResult({ errors: prepared });
    },
    async subscribe(args) {
      const result = await subscribe(args);
      return Symbol.asyncIterator in result ? endWithError(result) : result;
    },
    async onNext(_, { context: { response } }, result) {
      // Without this a slow reader would have its events pile up here: graphql-sse keeps a queue without end.
      if (response.writableNeedDrain) await Promise.race([once(response, "drain"), once(response, "close")]);
      return format(result as ExecutionResult);
    },
  });

  return {
    async answer(request, response, context) {
      const body = await readJson(request, bodyBytes);
      const [content, { status, statusText, headers }] = await handler({
        method: request.method ?? "",
        url: request.url ?? "",
        headers: { get: (name) => (name === "accept" ? "text/event-stream" : firstOf(request.headers[name])) },
        body: typeof body === "object" ? (body as Record<string, unknown> | null) : null,
        raw: request,
        context: { context, response },
      });
      response.writeHead(status, statusText, { ...headers, "cache-control": "no-store" });
      if (content === null || typeof content === "string") {
        response.end(content ?? undefined);
        return;
      }
      response.once("close", () => void content.return());
      for await (const chunk of content) {
        if (response.closed) break;
        response.write(chunk);
      }
      response.end();
    },
  };
}

function isErrors(prepared: ReturnType<PrepareOperation>): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}

async function* onlyResult(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, undefined> {
  yield result;
}

function refusal(result: ExecutionResult): Response {
  const headers = { "content-type": "application/json; charset=utf-8" };
  return [JSON.stringify(result), { status: 400, statusText: "Bad Request", headers }];
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
