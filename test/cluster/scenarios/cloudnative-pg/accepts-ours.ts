import assert from "node:assert/strict";
import type { KubernetesObject } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import type { Stage } from "./stage.js";

export const SPEC = {
  instances: 3,
  storage: { size: "1Gi" },
  postgresVersion: 18,
  parameters: { work_mem: "8MB" },
  database: "shop",
  owner: "shop",
} as const;

interface DefaultedCluster extends KubernetesObject {
  readonly spec: {
    readonly imageName?: string;
    readonly bootstrap: { readonly initdb: { readonly encoding?: string } };
    readonly postgresql: { readonly parameters: Readonly<Record<string, string>> };
  };
}

/** What the SDK makes passes the operator's defaulting and validation, and applying it again changes nothing. */
export async function acceptsOurs({ transport, namespace, clusters, signal }: Stage): Promise<readonly string[]> {
  await clusters.create("created", SPEC, { idempotencyKey: "once", signal });
  await clusters.create("created", SPEC, { idempotencyKey: "once", signal });
  await clusters.apply("applied", SPEC, { signal });
  await clusters.apply("created", { ...SPEC, storage: { size: "2Gi" } }, { signal });
  const read = () =>
    transport.send<DefaultedCluster>({
      verb: "get",
      resource: cloudNativePg().resource,
      namespace,
      name: "applied",
      signal,
    });
  const { spec } = await read();
  assert.equal(spec.bootstrap.initdb.encoding, "UTF8", "its defaulting did not run");
  await clusters.apply("applied", SPEC, { signal });
  assert.deepEqual((await read()).spec, spec, "applying the same again changed the spec");
  const defaults = Object.keys(spec.postgresql.parameters).length - Object.keys(SPEC.parameters).length;
  const created = await clusters.get("created", { signal });
  assert.equal(created.spec.storage.size, "2Gi");
  await clusters.apply("created", created.spec, { signal });
  return [
    `create, create again by its key, apply, grow, and apply of what was read are accepted; it adds ${defaults} parameters of its own`,
  ];
}
