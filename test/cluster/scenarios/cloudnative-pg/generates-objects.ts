import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "@tenantry/embedded";
import {
  type Condition,
  createTenantry,
  type KubernetesList,
  type KubernetesObject,
  NAMESPACES,
  pause,
  type Resource,
  SECRETS,
  type Secret,
  type Transport,
} from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { within } from "../within.js";
import { describeDifferences } from "./describe-differences.js";
import type { Stage } from "./stage.js";

const NAME = "shop";
const SPEC = { storage: { size: "1Gi" }, superuserAccess: true } as const;
const PATIENCE_MS = 60_000;
const POLL_MS = 200;
const core = (plural: string, kind: string): Resource => ({
  group: "",
  version: "v1",
  plural,
  kind,
  scope: "Namespaced",
});
const SERVICES = core("services", "Service");

interface ReportedCluster extends KubernetesObject {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

/** What one operator made for one and the same cluster. */
export interface Generated {
  /** With the defaults that the webhook filled in. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
  readonly secrets: readonly Secret[];
  readonly services: readonly KubernetesObject[];
}

/** Goes as far as it goes without a kubelet, and tells how that differs from what our embedded operator makes. */
export async function generatesObjects({ transport, namespace, clusters, signal }: Stage) {
  await clusters.create(NAME, SPEC, { signal });
  const expected = ["app", "ca", "replication", "server", "superuser"].map((suffix) => `${NAME}-${suffix}`);
  const real = await within(PATIENCE_MS, signal, (waiting) =>
    generated(transport, namespace, waiting, ({ secrets, status }) => {
      const names = secrets.map(({ metadata }) => metadata.name);
      return status.phase !== undefined && expected.every((name) => names.includes(name));
    }),
  );
  const embedded = await embeddedGenerated(namespace, signal);
  assert.ok(embedded.secrets.length > 0);
  return [
    `it wrote phase "${String(real.status.phase)}" and the Secrets ${names(real.secrets)}, the Services ${names(real.services)}`,
    ...describeDifferences(real, embedded),
  ];
}

async function embeddedGenerated(namespace: string, signal: AbortSignal): Promise<Generated> {
  // Not below the lane's directory: its PostgreSQL may run as a user who cannot pass through that.
  const directory = await mkdtemp(join(tmpdir(), "tenantry-cluster-embedded-"));
  const plane = await startEmbedded({ directory, https: false });
  try {
    const { transport } = plane;
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    await transport.send({ verb: "create", resource: NAMESPACES, body });
    const subject = { kind: "user", issuer: "", name: "scenario" } as const;
    const principal = { subject, namespaces: new Map([[namespace, ["namespace-admin"]]]), account: [] };
    const tenantry = createTenantry({ transport, providers: { clusters: cloudNativePg() } });
    const handle = await tenantry.as(principal).namespace(namespace).clusters.create(NAME, SPEC, { signal });
    await handle.ready({ timeoutMs: PATIENCE_MS, signal });
    const all = await generated(transport, namespace, signal, () => true);
    await tenantry.as(principal).namespace(namespace).clusters.delete(NAME, { signal });
    return all;
  } finally {
    await plane.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function generated(
  transport: Transport,
  namespace: string,
  signal: AbortSignal,
  isEnough: (generated: Generated) => boolean,
): Promise<Generated> {
  for (;;) {
    const { resource } = cloudNativePg();
    const cluster = await transport.send<ReportedCluster>({ verb: "get", resource, namespace, name: NAME, signal });
    const owned = async <T extends KubernetesObject>(kind: Resource): Promise<readonly T[]> => {
      const list = await transport.send<KubernetesList<T>>({ verb: "list", resource: kind, namespace, signal });
      return list.items.filter(({ metadata }) =>
        metadata.ownerReferences?.some(({ uid }) => uid === cluster.metadata.uid),
      );
    };
    const found = {
      spec: cluster.spec,
      status: cluster.status ?? {},
      secrets: await owned<Secret>(SECRETS),
      services: await owned(SERVICES),
    };
    if (isEnough(found)) return found;
    await pause(POLL_MS, signal).catch(() => {
      throw new Error(
        `the operator made too little in time: phase ${JSON.stringify(found.status.phase)}, Secrets ${names(found.secrets)}`,
      );
    });
  }
}

function names(objects: readonly KubernetesObject[]): string {
  return objects.map(({ metadata }) => metadata.name).join(", ") || "none";
}
