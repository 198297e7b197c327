import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalAuthority, type LocalAuthority } from "./local-authority.js";

export type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The common name of the client's certificate. */
  readonly clientName: string | undefined;
}

/** An HTTPS server on loopback that answers what the test says; no API server, whose manners the contract checks. */
export interface AnsweringServer {
  answer: Answer;
  readonly requests: ReceivedRequest[];
  readonly authority: LocalAuthority;
  readonly host: string;
  readonly directory: string;
  /** TLS connections accepted so far, and those open now. */
  connections(): { readonly accepted: number; readonly open: number };
  /** Cuts every open connection. */
  cut(): void;
  /** Writes a kubeconfig for it and returns its path. */
  kubeconfig(user?: object, cluster?: object): Promise<string>;
  close(): Promise<void>;
}

export async function startAnsweringServer(): Promise<AnsweringServer> {
  const authority = await createLocalAuthority();
  const directory = await mkdtemp(join(tmpdir(), "tenantry-kubeconfig-"));
  const sockets = new Set<Socket>();
  let accepted = 0;
  const tls = { cert: authority.server.certificate, key: authority.server.key, ca: authority.ca };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    void receive(request, response);
  });
  server.on("secureConnection", (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    request.setEncoding("utf8");
    for await (const chunk of request) body += chunk;
    const { method = "", url = "", headers } = request;
    const { subject } = (request.socket as import("node:tls").TLSSocket).getPeerCertificate() ?? {};
    const clientName = subject === undefined ? undefined : String(subject.CN);
    const received = { method, url, headers, body, clientName };
    answering.requests.push(received);
    answering.answer(received, response);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const caData = Buffer.from(authority.ca).toString("base64");
  let files = 0;
  const answering: AnsweringServer = {
    answer: (_, response) => json(response, 200, { kind: "Secret", apiVersion: "v1", metadata: { name: "a" } }),
    requests: [],
    authority,
    host,
    directory,
    connections: () => ({ accepted, open: sockets.size }),
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    async kubeconfig(user = { token: "t0ken" }, cluster = {}) {
      const file = join(directory, `config-${files++}`);
      const config = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [
          { name: "here", cluster: { server: `https://${host}`, "certificate-authority-data": caData, ...cluster } },
        ],
        users: [{ name: "me", user }],
        contexts: [{ name: "default", context: { cluster: "here", user: "me" } }],
        "current-context": "default",
      };
      await writeFile(file, JSON.stringify(config), { mode: 0o600 });
      return file;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return answering;
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string | string[]> = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
