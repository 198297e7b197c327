import { readFile } from "node:fs/promises";
import { parse, stringify } from "yaml";

export interface KubeconfigContent {
  readonly url: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly token: string;
}

const NAME = "tenantry-embedded";

/** A kubeconfig of one context, everything embedded, so that the file works wherever it is copied on this machine. */
export function formatKubeconfig({ url, certificateAuthority, token }: KubeconfigContent): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: NAME,
        cluster: {
          server: url,
          "certificate-authority-data": Buffer.from(certificateAuthority, "utf8").toString("base64"),
        },
      },
    ],
    users: [{ name: NAME, user: { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME } }],
    "current-context": NAME,
  });
}

/** The port that an earlier kubeconfig told people, or undefined when there is none to keep. */
export async function readKubeconfigPort(path: string): Promise<number | undefined> {
  try {
    const server = (parse(await readFile(path, "utf8")) as { clusters?: { cluster?: { server?: unknown } }[] } | null)
      ?.clusters?.[0]?.cluster?.server;
    const port = typeof server === "string" ? Number(new URL(server).port) : 0;
    return port > 0 ? port : undefined;
  } catch {
    return undefined; // absent or edited beyond reading: it is written anew in any case
  }
}
