import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const NAMESPACE = "bench";

export function nameOf(index: number): string {
  return `cluster-${index}`;
}

/** An API server in another process, with so many clusters in it. */
export interface ServedClusters {
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export async function serveClusters(clusters: number): Promise<ServedClusters> {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-bench-"));
  const program = fileURLToPath(new URL("embedded-server-process.ts", import.meta.url));
  const child = fork(program, [join(directory, "server"), String(clusters)]);
  const exited = once(child, "exit");
  const close = async () => {
    if (child.connected) child.disconnect();
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const ready = once(child, "message").then(([message]) => (message as { readonly kubeconfig: string }).kubeconfig);
  const kubeconfig = await Promise.race([ready, exited.then(() => undefined)]);
  if (kubeconfig === undefined) {
    await close();
    throw new Error(`the API server to measure against ended with exit code ${child.exitCode}`);
  }
  return { kubeconfig, close };
}
