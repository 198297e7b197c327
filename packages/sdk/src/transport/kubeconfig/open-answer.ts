import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { TLSSocket } from "node:tls";
import { TenantryError } from "../../errors/tenantry-error.js";
import { connectionError, NOT_CONNECTED } from "./connection-error.js";
import type { Credentials } from "./credentials.js";
import type { HttpRequest } from "./to-http-request.js";

export interface Endpoint {
  readonly server: URL;
  readonly userAgent: string;
  readonly connectTimeoutMs: number;
}

/**
 * Sends one request on a pooled connection and resolves with the answer's head; its body is the caller's to read or destroy.
 * Rejects with `signal.reason` on abort, also while the answer is read.
 */
export function openAnswer(
  { server, userAgent, connectTimeoutMs }: Endpoint,
  { method, path, contentType, body }: HttpRequest,
  { tls, agent, headers }: Credentials,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const request = (server.protocol === "https:" ? https : http).request({
      ...tls,
      agent,
      method,
      protocol: server.protocol,
      host: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port === "" ? undefined : server.port,
      path: server.pathname.replace(/\/$/, "") + path,
      headers: {
        ...headers,
        Accept: "application/json",
        "User-Agent": userAgent,
        ...(body === undefined ? {} : { "Content-Type": contentType, "Content-Length": Buffer.byteLength(body) }),
      },
    });
    const connection = observeConnection(request);
    const abort = () => {
      reject(signal.reason);
      request.destroy();
    };
    signal.addEventListener("abort", abort, { once: true });
    const connecting = setTimeout(() => {
      if (connection.established) return;
      const text = `API server ${server.host}: no connection within ${connectTimeoutMs} ms`;
      reject(new TenantryError("unavailable", text, { reason: NOT_CONNECTED }));
      request.destroy();
    }, connectTimeoutMs);
    request.once("response", (answer) => {
      clearTimeout(connecting);
      resolve(answer);
    });
    request.on("error", (error) => reject(connectionError(server.host, error, connection.established)));
    request.once("close", () => {
      clearTimeout(connecting);
      signal.removeEventListener("abort", abort);
    });
    request.end(body);
  });
}

/** Whether the server can have seen anything of the request. */
function observeConnection(request: ClientRequest): { readonly established: boolean } {
  const connection = { established: false };
  const establish = () => {
    connection.established = true;
  };
  request.once("finish", establish); // a proxy's agent hands over sockets that connected long ago
  request.once("socket", (socket) => {
    if (request.reusedSocket) establish();
    else socket.once((socket as TLSSocket).encrypted ? "secureConnect" : "connect", establish);
    // Finds a peer that died without a word, some time before the watch's own deadline.
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  });
  return connection;
}

/** As client-go's dialer. */
const KEEP_ALIVE_DELAY_MS = 30_000;
