import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent, RequestOptions } from "node:https";
import { invalidArgument, TenantryError } from "../../errors/tenantry-error.js";

import { repairIssuer } from "./oidc-tokens.js";

/**
 * The part of `KubeConfig` of `@kubernetes/client-node` that we call; 1.4 and 2.x both have it. It reads files and contexts, runs
 * credential plugins, refreshes OIDC tokens and knows about proxies. Its own requests open a TLS connection each, so they are ours.
 */
export interface KubeConfig {
  readonly clusters: readonly KubeCluster[];
  readonly contexts: readonly { readonly name: string }[];
  loadFromFile(file: string): void;
  loadFromDefault(): void;
  loadFromClusterAndUser(cluster: KubeCluster, user: { name: string }): void;
  setCurrentContext(context: string): void;
  getCurrentContext(): string;
  getCurrentCluster(): KubeCluster | null;
  getCurrentUser(): KubeUser | null;
  applyToHTTPSOptions(options: RequestOptions & { agent?: HttpAgent | HttpsAgent }): Promise<void>;
}

export interface KubeCluster {
  readonly name: string;
  readonly server: string;
  readonly proxyUrl?: string | undefined;
}

export interface KubeUser {
  readonly name: string;
  readonly exec?: { readonly command?: string } | null | undefined;
  readonly authProvider?: { readonly name?: string; readonly config?: Record<string, unknown> } | null | undefined;
}

export interface KubeConfigSource {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

export interface LoadedKubeConfig {
  readonly config: KubeConfig;
  readonly cluster: KubeCluster;
  readonly user: KubeUser;
}

/**
 * Loads the peer only now: it takes a while and whoever uses another transport need not have it.
 * @throws TenantryError `invalid_argument` for what is wrong with the file; nothing of its contents is in the text.
 */
export async function loadKubeConfig({ kubeconfig, context }: KubeConfigSource): Promise<LoadedKubeConfig> {
  const config = await emptyKubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw invalidArgument("kubeconfig", unreadable(kubeconfig ?? "the file that KUBECONFIG names", error));
  }
  if (context !== undefined) config.setCurrentContext(context);
  const current = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  if (!config.contexts.some(({ name }) => name === current)) {
    const known = config.contexts.map(({ name }) => `"${name}"`).join(", ");
    const problem = current ? `there is no context "${current}"` : "no context is chosen";
    if (cluster === null) throw invalidArgument("context", `${problem}; the kubeconfig has ${known || "none"}`);
  }
  if (cluster === null) throw invalidArgument("kubeconfig", `context "${current}" names a cluster that is not there`);
  if (kubeconfig === undefined && cluster.server === NOTHING_FOUND) {
    throw invalidArgument("kubeconfig", "found none: pass its path, set KUBECONFIG, or run inside a cluster");
  }
  let user = config.getCurrentUser();
  if (user === null) {
    // Without a user the official client forgets the cluster's CA as well; anonymous is a user too.
    user = { name: "anonymous" };
    config.loadFromClusterAndUser(cluster, user);
  }
  repairIssuer(user);
  return { config, cluster, user };
}

/** What `loadFromDefault` falls back to when there is neither a file nor a service account. */
const NOTHING_FOUND = "http://localhost:8080";

async function emptyKubeConfig(): Promise<KubeConfig> {
  let client: { readonly KubeConfig: new () => KubeConfig };
  try {
    client = (await import("@kubernetes/client-node")) as unknown as typeof client;
  } catch (cause) {
    throw new TenantryError(
      "unimplemented",
      "the kubeconfig transport needs the package @kubernetes/client-node (1.4, or 2 on Node 22 and later): install it beside @tenantry/sdk",
      { cause },
    );
  }
  return new client.KubeConfig();
}

/** A parser's own words quote the file, tokens included. Only where it stopped is safe to tell. */
function unreadable(file: string, error: unknown): string {
  const { code, mark } = error as { code?: unknown; mark?: { line?: unknown } };
  if (code === "ENOENT") return `${file} does not exist`;
  if (code === "EACCES") return `${file} may not be read by this user`;
  if (typeof mark?.line === "number") return `${file} is no valid YAML, line ${mark.line + 1}`;
  return `${file} is no valid kubeconfig: compare its clusters, users and contexts with "kubectl config view"`;
}
