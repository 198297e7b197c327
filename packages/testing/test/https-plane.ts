import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ApiServer,
  createApiServer,
  createCertificateAuthority,
  createMemoryStore,
  issueCertificate,
  type Store,
  serveHttps,
} from "@tenantry/embedded";

const TOKEN = "contract-token";
const USER = { username: "contract", groups: ["system:masters"] };

/** The embedded API server over memory, served over HTTPS, and a kubeconfig for it. */
export interface HttpsPlane {
  readonly apiServer: ApiServer;
  readonly store: Store;
  readonly kubeconfig: string;
  /** Takes the HTTPS face away, as a restart does. What is stored stays. */
  stopServing(): Promise<void>;
  /** Serves again, at the same address. */
  serveAgain(): Promise<void>;
  close(): Promise<void>;
}

export async function startHttpsPlane(): Promise<HttpsPlane> {
  const store = createMemoryStore();
  const apiServer = await createApiServer({ store });
  const authority = await createCertificateAuthority({ commonName: "contract", days: 1 });
  const names = { ipAddresses: ["127.0.0.1"], usages: ["server"] as const };
  const serving = await issueCertificate(authority, { commonName: "api", days: 1, ...names });
  const authenticate = (token: string) => (token === TOKEN ? USER : undefined);
  const serve = (port: number) => serveHttps(apiServer, { ...serving, port, authenticate });
  let face = await serve(0);
  const { port, url } = face;
  const directory = await mkdtemp(join(tmpdir(), "tenantry-contract-"));
  const kubeconfig = join(directory, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigOf(url, authority.certificate), { mode: 0o600 });
  return {
    apiServer,
    store,
    kubeconfig,
    stopServing: () => face.close(),
    async serveAgain() {
      face = await serve(port);
    },
    async close() {
      await face.close();
      await apiServer.close();
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

function kubeconfigOf(server: string, ca: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "it", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name: "it", user: { token: TOKEN } }],
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    "current-context": "it",
  });
}
