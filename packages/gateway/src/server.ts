import { createServer, type Server } from "node:http";
import type { Tenantry } from "@tenantry/sdk";
import type { Logger } from "pino";
import type { AuthOptions } from "./auth/auth-options.js";
import { createAuthenticator } from "./auth/authenticator.js";
import { createSchema } from "./create-schema.js";
import { createErrorFormatter } from "./error.js";
import { closeWhenIdle } from "./http/close-when-idle.js";
import { type CorsOptions, toOrigins } from "./http/cors.js";
import { createGraphqlOverHttp } from "./http/graphql-over-http.js";
import { createReadiness, type ReadinessProbe } from "./http/health.js";
import { listen } from "./http/listen.js";
import { GRAPHQL_PATH } from "./http/path.js";
import { createRequestListener } from "./http/request-listener.js";
import { createOperationCheck } from "./limits/check-operation.js";
import { type GivenLimits, toLimits } from "./limits/gateway-limits.js";
import { describeError } from "./logging/describe-error.js";
import { createLogger } from "./logging/logger.js";
import { createPrepareOperation } from "./subscriptions/prepare-operation.js";
import { createServerSentEvents } from "./subscriptions/server-sent-events.js";
import { StreamRegister } from "./subscriptions/stream-register.js";
import { createWebSocketEndpoint } from "./subscriptions/web-socket.js";

export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 4000;

const HEADERS_TIMEOUT_MS = 10_000;
/** For a request to arrive whole; how long an answer may take is `limits.requestMs`. */
const ARRIVAL_TIMEOUT_MS = 30_000;
/** How long requests may go on once the gateway is told to stop. */
const GRACE_MS = 10_000;

export interface GatewayOptions {
  readonly tenantry: Tenantry;
  readonly auth: AuthOptions;
  /** {@link DEFAULT_HOST} when absent: this machine alone. */
  readonly host?: string | undefined;
  /** {@link DEFAULT_PORT} when absent; 0 takes any free one. */
  readonly port?: number | undefined;
  readonly limits?: GivenLimits | undefined;
  /** Whether clients may ask for the schema. Not when absent: decided here, never by the environment. */
  readonly introspection?: boolean | undefined;
  readonly cors?: CorsOptions | undefined;
  /** Asked by `/readyz`. */
  readonly ready?: ReadinessProbe | undefined;
  readonly logger?: Logger | undefined;
  /** For tests. */
  readonly clock?: (() => Date) | undefined;
}

export interface Gateway {
  /** Where GraphQL is spoken: `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  readonly port: number;
  /** Ends streams, lets requests finish, then closes. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Serves the SDK as GraphQL: HTTP, WebSocket and server-sent events on one port.
 * @throws TenantryError `invalid_argument` naming a wrong setting, `conflict` with reason `AddressInUse`.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { tenantry, introspection = false, logger = createLogger(), clock = () => new Date() } = options;
  const host = options.host ?? DEFAULT_HOST;
  const limits = toLimits(options.limits);
  const origins = toOrigins(options.cors);
  const authenticate = await createAuthenticator(options.auth, clock);

  const schema = createSchema();
  const check = createOperationCheck(schema, limits);
  const prepare = createPrepareOperation(schema, check, introspection);
  const formatError = createErrorFormatter({ logger, showsSchema: introspection });
  const streams = new StreamRegister(limits.streams);
  const { bodyBytes, requestMs, subscriptions } = limits;

  const graphql = await createGraphqlOverHttp({ schema, introspection, check, formatError, bodyBytes, logger });
  const events = createServerSentEvents({ prepare, formatError, bodyBytes });
  const sendReadiness = createReadiness(options.ready);
  const webSocket = createWebSocketEndpoint({
    tenantry,
    authenticate,
    prepare,
    formatError,
    origins,
    streams,
    messageBytes: bodyBytes,
    subscriptions,
    logger,
    clock,
  });
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: ARRIVAL_TIMEOUT_MS },
    createRequestListener({
      tenantry,
      authenticate,
      graphql,
      events,
      streams,
      sendReadiness,
      origins,
      requestMs,
      logger,
    }),
  );
  const closeIdle = closeWhenIdle(server);
  server.on("upgrade", (request, socket, head) => {
    webSocket.upgrade(request, socket, head).catch((error: unknown) => {
      logger.error({ event: "internal_error", error: describeError(error) }, "internal error");
      socket.destroy();
    });
  });
  const port = await listen(server, host, options.port ?? DEFAULT_PORT);
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}${GRAPHQL_PATH}`,
    port,
    close() {
      closing ??= stop(server, streams, closeIdle).then(() => graphql.stop());
      return closing;
    },
  };
}

async function stop(server: Server, streams: StreamRegister, closeIdle: () => void): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  streams.endAll();
  closeIdle();
  const deadline = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(deadline);
}
