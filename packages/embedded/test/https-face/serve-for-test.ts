import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { onTestFinished } from "vitest";
import type { ApiServer } from "../../src/apiserver/api-server.js";
import { staticTokens } from "../../src/apiserver/http/bearer-token.js";
import { type HttpsFace, type ServeHttpsOptions, serveHttps } from "../../src/apiserver/http/serve-https.js";
import { createCertificateAuthority } from "../../src/tls/certificate-authority.js";
import { issueCertificate } from "../../src/tls/issue-certificate.js";

export const TOKEN = "kept-out-of-every-log";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sent as bearer token; `null` for none. */
  readonly token?: string | null;
}

export interface ServedFace extends HttpsFace {
  readonly certificateAuthority: string;
  /** Sends one request and reads the whole answer. */
  ask(path: string, asked?: Asked): Promise<Reply>;
  /** Sends one request and hands over the answer once its headers are there. */
  open(path: string, asked?: Asked): Promise<IncomingMessage>;
}

export type ApiFace = Pick<ApiServer, "handle" | "watch" | "definitions" | "find">;

/** Serves `api` on a free port until the test is over. */
export async function serveForTest(api: ApiFace, options: Partial<ServeHttpsOptions> = {}): Promise<ServedFace> {
  const { face, certificateAuthority } = await startFace(api, options);
  const agent = new Agent({ ca: certificateAuthority, keepAlive: true, servername: "localhost" });
  onTestFinished(async () => {
    agent.destroy();
    await face.close();
  });
  const open = (path: string, asked: Asked = {}) => openRequest(face.port, agent, path, asked);
  return {
    ...face,
    certificateAuthority,
    open,
    async ask(path, asked) {
      const response = await open(path, asked);
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() };
    },
  };
}

async function startFace(
  api: ApiFace,
  options: Partial<ServeHttpsOptions> = {},
): Promise<{ face: HttpsFace; certificateAuthority: string }> {
  const authority = await createCertificateAuthority({ commonName: "test", days: 1 });
  const { certificate, key } = await issueCertificate(authority, {
    commonName: "kubernetes",
    dnsNames: ["localhost"],
    ipAddresses: ["127.0.0.1"],
    days: 1,
    usages: ["server"],
  });
  const authenticate = staticTokens([[TOKEN, { username: "admin", groups: ["system:masters"] }]]);
  const face = await serveHttps(api as ApiServer, { certificate, key, authenticate, ...options });
  return { face, certificateAuthority: authority.certificate };
}

function openRequest(port: number, agent: Agent, path: string, asked: Asked): Promise<IncomingMessage> {
  const { method = "GET", headers = {}, body, token = TOKEN } = asked;
  return new Promise((resolve, reject) => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const isChunked = headers["transfer-encoding"] !== undefined;
    const length = body === undefined || isChunked ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request({
      host: "127.0.0.1",
      port,
      agent,
      path,
      method,
      headers: { ...authorization, ...length, ...headers },
    });
    sent.on("response", resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The body of a Status, as the client reads it. */
export function statusOf({ body }: Reply): { code: number; reason: string; message: string; details?: unknown } {
  const status = JSON.parse(body) as { kind: string; code: number; reason: string; message: string };
  if (status.kind !== "Status") throw new Error(`not a Status: ${body}`);
  return status;
}
