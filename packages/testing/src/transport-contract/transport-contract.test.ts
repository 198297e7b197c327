import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ApiServer,
  createApiServer,
  createCertificateAuthority,
  createMemoryStore,
  type HttpsFace,
  issueCertificate,
  type Store,
  serveHttps,
} from "@tenantry/embedded";
import { createKubeconfigTransport, type KubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestPlane, type TestPlane } from "../create-test-plane.js";
import { transportContract } from "./transport-contract.js";

it("has at least 60 promises, each with a name of its own", () => {
  expect(new Set(transportContract.map(({ name }) => name)).size).toBe(transportContract.length);
  expect(transportContract.length).toBeGreaterThanOrEqual(60);
});

describe("the embedded API server, in process: the transport", () => {
  let plane: TestPlane;
  beforeAll(async () => {
    plane = await createTestPlane();
  });
  afterAll(() => plane.close());
  for (const { name, run } of transportContract) it(name, () => run(plane.transport, plane));
});

describe("the embedded API server, over HTTPS with a kubeconfig: the transport", () => {
  const TOKEN = "contract-token";
  let directory: string;
  let store: Store;
  let apiServer: ApiServer;
  let face: HttpsFace;
  let transport: KubeconfigTransport;
  beforeAll(async () => {
    store = createMemoryStore();
    apiServer = await createApiServer({ store });
    const authority = await createCertificateAuthority({ commonName: "contract", days: 1 });
    const names = { ipAddresses: ["127.0.0.1"], usages: ["server"] as const };
    const serving = await issueCertificate(authority, { commonName: "api", days: 1, ...names });
    const user = { username: "contract", groups: ["system:masters"] };
    const authenticate = (token: string) => (token === TOKEN ? user : undefined);
    face = await serveHttps(apiServer, { ...serving, authenticate });
    directory = await mkdtemp(join(tmpdir(), "tenantry-contract-"));
    const kubeconfig = join(directory, "kubeconfig");
    await writeFile(kubeconfig, kubeconfigOf(face.url, authority.certificate, TOKEN), { mode: 0o600 });
    transport = await createKubeconfigTransport({ kubeconfig });
  });
  afterAll(async () => {
    transport.close();
    await face.close();
    await apiServer.close();
    await store.close();
    await rm(directory, { recursive: true });
  });
  const lane = { expireHistory: () => store.compact(store.revision()) };
  for (const { name, run } of transportContract) it(name, () => run(transport, lane));
});

function kubeconfigOf(server: string, ca: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "it", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name: "it", user: { token } }],
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    "current-context": "it",
  });
}
