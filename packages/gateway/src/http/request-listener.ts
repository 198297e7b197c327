import type { IncomingMessage, ServerResponse } from "node:http";
import { isTenantryError, type Principal, type Tenantry, TenantryError } from "@tenantry/sdk";
import type { Logger } from "pino";
import type { Authenticator } from "../auth/authenticator.js";
import { readBearerToken } from "../auth/bearer-token.js";
import { createContext } from "../context.js";
import { describeError } from "../logging/describe-error.js";
import type { ServerSentEvents } from "../subscriptions/server-sent-events.js";
import type { StreamRegister } from "../subscriptions/stream-register.js";
import { sendJson, sendUnauthenticated, setSecurityHeaders, toErrorBody } from "./answer.js";
import { applyCors } from "./cors.js";
import type { GraphqlOverHttp } from "./graphql-over-http.js";
import { sendLiveness } from "./health.js";
import { GRAPHQL_PATH, pathOf } from "./path.js";
import { RefusedBody } from "./read-json.js";

export interface RequestListenerOptions {
  readonly tenantry: Tenantry;
  readonly authenticate: Authenticator;
  readonly graphql: GraphqlOverHttp;
  readonly events: ServerSentEvents;
  readonly streams: StreamRegister;
  readonly sendReadiness: (response: ServerResponse) => Promise<void>;
  readonly origins: ReadonlySet<string>;
  readonly requestMs: number;
  readonly logger: Logger;
}

/** Health for anyone; everything else, unknown paths too, for the authenticated, before a byte of the body is read. */
export function createRequestListener(options: RequestListenerOptions) {
  const { authenticate, logger } = options;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const path = pathOf(request);
    setSecurityHeaders(response);
    // What is left of a body that was refused half read has to go by, or the connection could be neither reused nor closed.
    response.once("finish", () => request.resume());
    if (applyCors(request, response, options.origins)) return;
    if (path === "/healthz") return sendLiveness(response);
    if (path === "/readyz") return options.sendReadiness(response);
    const found = await authenticate(readBearerToken(request.headersDistinct.authorization));
    const who = "principal" in found ? { subject: found.principal.subject } : { refused: found.refused };
    response.once("close", () => {
      const { statusCode: status } = response;
      const durationMs = Math.round(performance.now() - startedAt);
      logger.info({ event: "request", method: request.method, path, status, durationMs, ...who });
    });
    if ("refused" in found) return sendUnauthenticated(response);
    if (path !== GRAPHQL_PATH)
      return sendJson(response, 404, toErrorBody("not_found", "There is nothing at this path."));
    await answerGraphql(request, response, found.principal);
  }

  async function answerGraphql(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
  ): Promise<void> {
    const wantsEvents = request.headers.accept?.includes("text/event-stream") === true && request.method === "POST";
    const stopping = new AbortController();
    response.once("close", () => stopping.abort(new TenantryError("deadline_exceeded", "the client has gone")));
    const context = () => createContext(options.tenantry, principal, stopping.signal);
    if (!wantsEvents) {
      const timer = setTimeout(() => stopping.abort(tooLong(options.requestMs)), options.requestMs);
      response.once("close", () => clearTimeout(timer));
      return options.graphql.answer(request, response, context);
    }
    const leave = options.streams.enter(() => stopping.abort());
    response.once("close", leave);
    await options.events.answer(request, response, context());
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => fail(error, response, logger));
  };
}

function fail(error: unknown, response: ServerResponse, logger: Logger): void {
  if (response.headersSent || response.closed) {
    logger.warn({ event: "answer_broken", error: describeError(error) });
    response.destroy();
  } else if (error instanceof RefusedBody) {
    sendJson(response, error.status, toErrorBody("invalid_argument", error.message));
  } else if (isTenantryError(error) && error.code !== "internal") {
    if (error.retryable) response.setHeader("retry-after", "1");
    sendJson(response, error.httpStatus, toErrorBody(error.code, error.message.replace(`[${error.code}] `, "")));
  } else {
    logger.error({ event: "internal_error", error: describeError(error) }, "internal error");
    sendJson(response, 500, toErrorBody("internal", "Internal server error"));
  }
}

function tooLong(requestMs: number): TenantryError {
  return new TenantryError(
    "deadline_exceeded",
    `the request took longer than ${requestMs} ms; what was accepted goes on`,
  );
}
