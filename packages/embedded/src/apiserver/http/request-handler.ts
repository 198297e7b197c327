import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../api-server.js";
import { parseAccept } from "./accept.js";
import { type Authenticate, readBearerToken } from "./bearer-token.js";
import { type HttpAnswer, NOT_SERVED, send, text } from "./http-answer.js";
import { type HttpRequest, isRead } from "./http-request.js";
import { openWatch } from "./open-watch.js";
import { readBody } from "./read-body.js";
import { readBoolean } from "./read-options.js";
import { splitPath } from "./request-path.js";
import { readTimeoutMs } from "./request-timeout.js";
import { resolveTarget } from "./resolve-target.js";
import { readResourceRoute } from "./route.js";
import { type Documents, isPublic, serveDocument } from "./serve-document.js";
import { serveResource } from "./serve-resource.js";
import { failure, isBug } from "./status-answer.js";
import { streamWatch } from "./stream-watch.js";

export interface RequestHandlerOptions extends Documents {
  readonly authenticate: Authenticate;
  readonly isAllowedHost: (host: string | undefined) => boolean;
  /** How long a watcher may take nothing before it is disconnected, in milliseconds. */
  readonly watchStallMs: number;
  /** A bug of ours, seen while serving `path`. The client gets a 500 that tells nothing. */
  readonly onPanic: (error: unknown, request: { method: string; path: string; auditId: string }) => void;
}

/** Requests at once, watches aside. Source: apiserver server/config.go, MaxRequestsInFlight. */
const MAX_IN_FLIGHT = 400;

const TOO_MANY_REQUESTS: HttpAnswer = {
  ...text(429, "Too many requests, please try again later.\n"),
  headers: { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff", "Retry-After": "1" },
};

/** From a socket's request to its answer. Nothing that happens here ends the process. */
export class RequestHandler {
  readonly #options: RequestHandlerOptions;
  readonly #open = new Set<AbortController>();
  #inFlight = 0;

  constructor(options: RequestHandlerOptions) {
    this.#options = options;
  }

  /** Ends every watch as its time running out would, and gives up what still waits. */
  close(): void {
    for (const controller of this.#open) controller.abort(shuttingDown());
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const auditId = readAuditId(request) ?? randomUUID();
    const controller = new AbortController();
    this.#open.add(controller);
    response.once("close", () => {
      this.#open.delete(controller);
      controller.abort();
    });
    response.on("error", () => undefined); // the client is gone; `close` follows
    response.setHeader("Audit-Id", auditId);
    response.setHeader("Cache-Control", "no-cache, private");
    this.#serve(request, response, controller).catch((error: unknown) => {
      if (isBug(error) && !controller.signal.aborted) {
        const path = (request.url ?? "").split("?")[0] ?? "";
        this.#options.onPanic(error, { method: request.method ?? "", path, auditId });
      }
      if (!response.headersSent) send(request, response, failure(error));
      else if (!response.writableEnded) response.destroy();
    });
  }

  async #serve(message: IncomingMessage, response: ServerResponse, controller: AbortController): Promise<void> {
    const { host } = message.headers;
    if (!this.#options.isAllowedHost(host)) throw foreignHost();
    const [path = "", ...query] = (message.url ?? "").split("?");
    const segments = splitPath(path);
    this.#authenticate(message, segments ?? []);
    if (segments === undefined) return send(message, response, NOT_SERVED);
    const request = toHttpRequest(message, segments, new URLSearchParams(query.join("?")), controller.signal);
    const route = readResourceRoute(segments);
    const watch = isRead(request) && readBoolean(request.query, "watch");
    const target = route && resolveTarget(this.#options.api, route, request.method, watch);
    if (target?.verb === "watch") {
      const { signal } = controller;
      const opened = openWatch(this.#options.api, target, request);
      return streamWatch(response, opened, { signal, stallMs: this.#options.watchStallMs });
    }
    const answer = await this.#limited(request, controller, async () =>
      target === undefined
        ? serveDocument(this.#options, request, host ?? "")
        : serveResource(this.#options.api, target, request),
    );
    send(message, response, answer ?? NOT_SERVED);
  }

  /** @throws ApiError 401. A wrong token is never taken for none. */
  #authenticate(message: IncomingMessage, segments: readonly string[]): void {
    const token = readBearerToken(message.headers.authorization);
    delete message.headers.authorization; // whatever happens next cannot repeat it
    if (token === undefined ? isPublic(segments) : this.#options.authenticate(token) !== undefined) return;
    throw new ApiError(401, "Unauthorized", "Unauthorized");
  }

  async #limited(
    request: HttpRequest,
    controller: AbortController,
    work: () => Promise<HttpAnswer | undefined>,
  ): Promise<HttpAnswer | undefined> {
    if (this.#inFlight >= MAX_IN_FLIGHT) return TOO_MANY_REQUESTS;
    const timer = setTimeout(() => controller.abort(timedOut()), readTimeoutMs(request.query));
    this.#inFlight++;
    try {
      return await work();
    } finally {
      this.#inFlight--;
      clearTimeout(timer);
    }
  }
}

function toHttpRequest(
  message: IncomingMessage,
  segments: readonly string[],
  query: URLSearchParams,
  signal: AbortSignal,
): HttpRequest {
  const { headers } = message;
  return {
    method: message.method ?? "GET",
    segments,
    query,
    accept: parseAccept(headers.accept),
    contentType: headers["content-type"],
    userAgent: headers["user-agent"],
    ifNoneMatch: headers["if-none-match"],
    signal,
    body: async () => readBody(message),
  };
}

/** A client's own id is echoed, so that its log and ours can be joined. */
function readAuditId({ headers }: IncomingMessage): string | undefined {
  const given = headers["audit-id"];
  return typeof given === "string" && /^[\x21-\x7e]{1,64}$/.test(given) ? given : undefined;
}

function foreignHost(): ApiError {
  return new ApiError(403, "Forbidden", "this server does not answer to the name in the Host header");
}

function timedOut(): ApiError {
  return new ApiError(504, "Timeout", "Timeout: request did not complete within the allotted timeout");
}

function shuttingDown(): ApiError {
  const message = "The apiserver is shutting down, please try again later.";
  return new ApiError(503, "ServiceUnavailable", message, { retryAfterSeconds: 1 });
}
