import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { JSONWebKeySet } from "jose";

export interface DiscoveryServer {
  readonly port: number;
  /** What it answers with; 503 before the first call. */
  publish(issuer: { readonly url: string; readonly jwks: JSONWebKeySet }): void;
  close(): Promise<void>;
}

/**
 * Serves the two documents by which any OpenID Connect client finds an issuer's keys, so that other programs on this machine can
 * verify the tokens of `tenantry dev` as they would a real issuer's.
 * @see {@link https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig | OpenID Connect Discovery, section 4}
 */
export async function serveDiscovery(port: number): Promise<DiscoveryServer> {
  let documents: ReadonlyMap<string, string> | undefined;
  const server = createServer((request, response) => {
    const found = documents?.get(request.url ?? "");
    const status = documents === undefined ? 503 : found === undefined ? 404 : 200;
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(found ?? "{}");
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    publish({ url, jwks }) {
      const configuration = {
        issuer: url,
        jwks_uri: `${url}/jwks`,
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["ES256"],
      };
      documents = new Map([
        ["/.well-known/openid-configuration", JSON.stringify(configuration)],
        ["/jwks", JSON.stringify(jwks)],
      ]);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
