import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { TenantryError } from "@tenantry/sdk";
import type { ApiServer } from "../api-server.js";
import { createHostCheck } from "./allowed-host.js";
import type { Authenticate } from "./bearer-token.js";
import { OpenApiDocuments } from "./openapi/open-api-documents.js";
import { RequestHandler, type RequestHandlerOptions } from "./request-handler.js";
import type { HealthCheck } from "./serve-health.js";

export interface ServeHttpsOptions {
  /** PEM, leaf first. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  readonly authenticate: Authenticate;
  /** Address to listen on. {@link DEFAULT_HOST} when absent: this machine alone. */
  readonly host?: string | undefined;
  /** 0 or absent: any free port. */
  readonly port?: number | undefined;
  /** Further names that clients may call us by. Loopback names and `host` are always among them. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** What `/readyz` reports beyond that the process answers. */
  readonly healthChecks?: readonly HealthCheck[] | undefined;
  /** How long a watcher may take nothing before it is disconnected, in milliseconds. 10 s when absent. */
  readonly watchStallMs?: number | undefined;
  readonly onPanic?: RequestHandlerOptions["onPanic"] | undefined;
}

export interface HttpsFace {
  readonly url: string;
  readonly port: number;
  /** Ends the watches, lets running requests finish, closes. Safe to call twice. */
  close(): Promise<void>;
}

export const DEFAULT_HOST = "127.0.0.1";
const WATCH_STALL_MS = 10_000;

/** Longer than the 90 s after which Go's HTTP client drops an idle connection, so that it never meets one closed by us. */
const KEEP_ALIVE_MS = 120_000;
/** A selector that names a thousand objects is part of the request line. */
const MAX_HEADER_BYTES = 128 * 1024;
const CLOSE_GRACE_MS = 5_000;

/**
 * Serves the API over HTTPS, as kubectl and the Kubernetes clients speak it.
 * @throws TenantryError `conflict` with reason `AddressInUse` when the port is taken, `permission_denied` when it may not be used.
 */
export async function serveHttps(api: ApiServer, options: ServeHttpsOptions): Promise<HttpsFace> {
  const { host = DEFAULT_HOST, port = 0 } = options;
  const handler = new RequestHandler({
    api,
    openApi: new OpenApiDocuments(api),
    healthChecks: options.healthChecks ?? [],
    authenticate: options.authenticate,
    isAllowedHost: createHostCheck([host, ...(options.allowedHosts ?? [])]),
    watchStallMs: options.watchStallMs ?? WATCH_STALL_MS,
    onPanic: options.onPanic ?? (() => undefined),
  });
  const server = createServer({
    cert: options.certificate,
    key: options.key,
    minVersion: "TLSv1.2",
    ALPNProtocols: ["http/1.1"],
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  let closing: Promise<void> | undefined;
  server.on("request", (request, response) => {
    // A connection that falls idle after `close` would keep the server open until its keep-alive time is over.
    response.once("close", () => closing !== undefined && server.closeIdleConnections());
    handler.handle(request, response);
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw listenError(error, host, port);
  }
  const address = server.address() as AddressInfo;
  return {
    url: `https://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close: () => {
      closing ??= close();
      return closing;
    },
  };

  async function close(): Promise<void> {
    const closed = once(server, "close");
    server.close();
    handler.close();
    server.closeIdleConnections();
    const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    await closed;
    clearTimeout(grace);
  }
}

function listenError(error: unknown, host: string, port: number): TenantryError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    const message = `port: ${port} on ${host} is taken by another process; choose another port, or 0 for any free one`;
    return new TenantryError("conflict", message, {
      cause: error,
      reason: "AddressInUse",
      violations: [{ field: "port", message }],
    });
  }
  if (code === "EACCES") {
    const message = `port: ${port} on ${host} may not be used by this user; choose one above 1023`;
    return new TenantryError("permission_denied", message, { cause: error });
  }
  const message = `host: cannot listen on ${host}:${port} (${code ?? "unknown error"})`;
  return new TenantryError("unavailable", message, { cause: error });
}
