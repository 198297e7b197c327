import { writeFile } from "node:fs/promises";

export interface KubeconfigContent {
  readonly url: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly token: string;
}

/** JSON is YAML. */
export async function writeKubeconfig(path: string, content: KubeconfigContent): Promise<string> {
  const { url: server, certificateAuthority, token } = content;
  const ca = Buffer.from(certificateAuthority).toString("base64");
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, "certificate-authority-data": ca } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  };
  await writeFile(path, JSON.stringify(kubeconfig), { mode: 0o600 });
  return path;
}
