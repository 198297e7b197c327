import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Principal, Tenantry } from "@tenantry/sdk";
import { CloseCode, handleProtocols, makeServer } from "graphql-ws";
import type { Logger } from "pino";
import { type WebSocket, WebSocketServer } from "ws";
import type { Authenticator } from "../auth/authenticator.js";
import { readBearerToken } from "../auth/bearer-token.js";
import { createContext } from "../context.js";
import type { ErrorFormatter } from "../error.js";
import { GRAPHQL_PATH, pathOf } from "../http/path.js";
import { describeError } from "../logging/describe-error.js";
import { formatResult } from "./format-result.js";
import type { PrepareOperation } from "./prepare-operation.js";
import type { StreamRegister } from "./stream-register.js";

const CONNECTION_INIT_TIMEOUT_MS = 3_000;
const PING_INTERVAL_MS = 12_000;
const CLOSE_TIMEOUT_MS = 1_000;
/** Source: RFC 6455 section 7.4.1, "going away". */
const GOING_AWAY = 1001;
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface WebSocketOptions {
  readonly tenantry: Tenantry;
  readonly authenticate: Authenticator;
  readonly prepare: PrepareOperation;
  readonly formatError: ErrorFormatter;
  readonly origins: ReadonlySet<string>;
  readonly streams: StreamRegister;
  readonly messageBytes: number;
  readonly subscriptions: number;
  readonly logger: Logger;
  readonly clock: () => Date;
}

export interface WebSocketEndpoint {
  /** Takes over a connection that asks to become a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
}

/** What one connection knows of its caller. */
interface ConnectionState {
  readonly socket: WebSocket;
  readonly gone: AbortController;
  principal: Principal | undefined;
}

/**
 * GraphQL over WebSocket (`graphql-transport-ws`). The token comes in the Authorization header or, from browsers, which cannot set one,
 * in `connectionParams.authorization`; never in the address. The connection ends with its token: 4401.
 */
export function createWebSocketEndpoint(options: WebSocketOptions): WebSocketEndpoint {
  const { authenticate, streams, origins, logger } = options;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: options.messageBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const protocol = createProtocol(options);

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    const { origin } = request.headers;
    if (pathOf(request) !== GRAPHQL_PATH) return refuse(socket, "404 Not Found");
    if (origin !== undefined && !origins.has(origin)) return refuse(socket, "403 Forbidden");
    let principal: Principal | undefined;
    if (request.headers.authorization !== undefined) {
      const found = await authenticate(readBearerToken(request.headersDistinct.authorization));
      if ("refused" in found) return refuse(socket, "401 Unauthorized\r\nWWW-Authenticate: Bearer");
      principal = found.principal;
    }
    server.handleUpgrade(request, socket, head, (webSocket) => open(webSocket, principal));
  }

  function open(socket: WebSocket, principal: Principal | undefined): void {
    let leave: () => void;
    try {
      leave = streams.enter(() => endSoon(socket));
    } catch {
      socket.close(1013, "Try again later");
      return;
    }
    const state: ConnectionState = { socket, gone: new AbortController(), principal };
    const stopPinging = pingWhileOpen(socket);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on("message", (data) => {
            handle(String(data)).catch((error: unknown) => {
              logger.error({ event: "websocket_error", error: describeError(error) }, "a message was not handled");
              socket.close(CloseCode.InternalServerError, "Internal server error");
            });
          }),
      },
      state,
    );
    // A message that is too large or malformed: ws closes the connection itself, with the code for it.
    socket.on("error", (error) => logger.debug({ event: "websocket_error", error: describeError(error) }));
    socket.once("close", (code, reason) => {
      stopPinging();
      leave();
      state.gone.abort();
      void closed(code, String(reason));
    });
  }

  return { upgrade };
}

function createProtocol({ tenantry, authenticate, prepare, formatError, subscriptions, clock }: WebSocketOptions) {
  return makeServer<Record<string, unknown>, ConnectionState>({
    connectionInitWaitTimeout: CONNECTION_INIT_TIMEOUT_MS,
    async onConnect({ connectionParams, extra }) {
      extra.principal ??= await authenticateParameters(connectionParams, authenticate);
      if (extra.principal === undefined) {
        extra.socket.close(CloseCode.Unauthorized, "Unauthorized");
        return false;
      }
      closeAtExpiry(extra, extra.principal, clock);
      return true;
    },
    onSubscribe({ extra, subscriptions: running }, _id, { query, operationName, variables }) {
      if (extra.principal === undefined) return [];
      if (Object.keys(running).length > subscriptions) {
        extra.socket.close(CloseCode.TooManyInitialisationRequests, "Too many subscriptions");
        return [];
      }
      const context = createContext(tenantry, extra.principal, extra.gone.signal);
      return prepare({ query, operationName, variables }, context);
    },
    onNext: (_context, _id, _payload, _args, result) => formatResult(result, formatError),
    onError: (_context, _id, _payload, errors) => errors.map((error) => formatError(error.toJSON(), error)),
  });
}

async function authenticateParameters(
  parameters: Readonly<Record<string, unknown>> | undefined,
  authenticate: Authenticator,
): Promise<Principal | undefined> {
  const value = parameters?.authorization ?? parameters?.Authorization;
  const found = await authenticate(typeof value === "string" ? readBearerToken([value]) : undefined);
  return "principal" in found ? found.principal : undefined;
}

function closeAtExpiry({ socket }: ConnectionState, { expiresAt }: Principal, clock: () => Date): void {
  if (expiresAt === undefined) return;
  const left = Math.min(expiresAt.getTime() - clock().getTime(), MAX_TIMER_MS);
  const timer = setTimeout(() => socket.close(CloseCode.Unauthorized, "Token expired"), Math.max(left, 0));
  socket.once("close", () => clearTimeout(timer));
}

/** A peer that is gone without a word, or that reads no more, answers no ping. */
function pingWhileOpen(socket: WebSocket): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, PING_INTERVAL_MS);
  return () => clearInterval(timer);
}

/** A peer that does not answer the closing handshake is not waited for long. */
function endSoon(socket: WebSocket): void {
  socket.close(GOING_AWAY, "Going away");
  const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
  socket.once("close", () => clearTimeout(timer));
}

/** Resolves once the kernel has taken it, so that a slow reader slows its source instead of filling memory. */
function send(socket: WebSocket, data: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  return new Promise((resolve) => socket.send(data, () => resolve()));
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
