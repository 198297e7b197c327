import { writeDurably } from "@tenantry/embedded";
import {
  createDevelopmentIssuer,
  type DevelopmentIssuer,
  developmentIssuerPath,
  readDevelopmentIssuer,
} from "../issuer/development-issuer.js";
import { type DiscoveryServer, serveDiscovery } from "../issuer/serve-discovery.js";

export interface OpenedIssuer {
  readonly issuer: DevelopmentIssuer;
  /** Whether its documents are served at its URL. */
  readonly served: boolean;
  close(): Promise<void>;
}

/**
 * Reads the issuer of the directory, or makes one, and serves its discovery document. Its URL is in every token that it signed, so it
 * keeps the port of the first time; while something else has that port the tokens are as good, as the gateway holds the keys itself.
 */
export async function openIssuer(directory: string): Promise<OpenedIssuer> {
  const kept = await readDevelopmentIssuer(directory);
  let server: DiscoveryServer;
  try {
    server = await serveDiscovery(kept === undefined ? 0 : Number(new URL(kept.url).port));
  } catch (error) {
    if (kept === undefined) throw error;
    return { issuer: kept, served: false, close: async () => {} };
  }
  try {
    const issuer =
      kept ??
      (await createDevelopmentIssuer(`http://127.0.0.1:${server.port}`, (content) =>
        writeDurably(developmentIssuerPath(directory), content),
      ));
    server.publish(issuer);
    return { issuer, served: true, close: () => server.close() };
  } catch (error) {
    await server.close();
    throw error;
  }
}
