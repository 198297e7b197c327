import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type ApiServer,
  ClosingStack,
  createApiServer,
  createCertificateAuthority,
  createMemoryStore,
  issueCertificate,
  type Store,
  serveHttps,
} from "@tenantry/embedded";
import { STRANGER } from "./control-plane/control-plane-files.js";
import { writeKubeconfig } from "./control-plane/kubeconfig.js";

/** The embedded API server over memory, with its controllers and without operators, in process and over HTTPS. */
export interface EmbeddedServer {
  readonly apiServer: ApiServer;
  readonly store: Store;
  readonly url: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly adminToken: string;
  readonly strangerToken: string;
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** @param directory - made, and removed again by `close`. */
export async function startEmbeddedServer(directory: string): Promise<EmbeddedServer> {
  const closing = new ClosingStack();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  closing.push(() => rm(directory, { recursive: true, force: true }));
  const store = createMemoryStore();
  closing.push(() => store.close());
  const apiServer = await createApiServer({ store });
  closing.push(() => apiServer.close());
  const { certificate: certificateAuthority, ...authority } = await createCertificateAuthority({
    commonName: "test-cluster-embedded",
    days: 1,
  });
  const serving = await issueCertificate(
    { certificate: certificateAuthority, ...authority },
    { commonName: "api", days: 1, usages: ["server"], dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] },
  );
  const [adminToken, strangerToken] = [token(), token()];
  const users = new Map([
    [adminToken, { username: "admin", groups: ["system:masters"] }],
    [strangerToken, { username: STRANGER, groups: [] }],
  ]);
  const face = await serveHttps(apiServer, { ...serving, authenticate: (given) => users.get(given) });
  closing.push(() => face.close());
  const { url } = face;
  const kubeconfig = join(directory, "kubeconfig");
  await writeKubeconfig(kubeconfig, { url, certificateAuthority, token: adminToken });
  return {
    apiServer,
    store,
    url,
    certificateAuthority,
    adminToken,
    strangerToken,
    kubeconfig,
    close: () => closing.close(),
  };
}

function token(): string {
  return randomBytes(32).toString("base64url");
}
