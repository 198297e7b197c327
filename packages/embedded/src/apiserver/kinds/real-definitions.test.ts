import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject } from "@tenantry/sdk";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { createMemoryStore } from "../../store/memory.js";
import { createApiServer } from "../create-api-server.js";
import { CUSTOM_RESOURCE_DEFINITIONS } from "./custom-resource-definition.js";

const CLUSTERS = {
  group: "postgresql.cnpg.io",
  version: "v1",
  plural: "clusters",
  kind: "Cluster",
  scope: "Namespaced",
} as const;
// The operators' own files are not part of the repository.
const file = join(process.env.CLOUDNATIVE_PG_CRDS ?? "", "postgresql.cnpg.io_clusters.yaml");

test.skipIf(!existsSync(file))(
  "CloudNativePG's own definition is served: defaults, pruning, messages and rules (needs CLOUDNATIVE_PG_CRDS)",
  async () => {
    const { transport, close } = await createApiServer({ store: createMemoryStore() });
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    await transport.send({
      verb: "create",
      resource: CUSTOM_RESOURCE_DEFINITIONS,
      body: parse(readFileSync(file, "utf8")),
      onWarning,
    });
    expect(warnings).toEqual([]);
    const create = (name: string, spec: object) =>
      transport.send<KubernetesObject & { spec: Record<string, unknown> }>({
        verb: "create",
        resource: CLUSTERS,
        namespace: "default",
        onWarning,
        body: { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: { name }, spec },
      });
    const cluster = await create("a", { storage: { size: "1Gi" }, nonsense: 1 });
    expect(cluster.spec).toMatchObject({ instances: 1, enableSuperuserAccess: false, maxSyncReplicas: 0 });
    expect(warnings).toEqual(['unknown field "spec.nonsense"']);
    await expect(create("b", { instances: "three", storage: { size: "1Gi" } })).rejects.toThrow(
      'spec.instances: Invalid value: "string": spec.instances in body must be of type integer: "string"',
    );
    await expect(create("b", { instances: 0 })).rejects.toThrow(
      "spec.instances in body should be greater than or equal to 1",
    );
    await expect(
      create("b", {
        imageName: "x",
        imageCatalogRef: { apiGroup: "postgresql.cnpg.io", kind: "ImageCatalog", name: "c", major: 16 },
      }),
    ).rejects.toThrow("imageName and imageCatalogRef are mutually exclusive");
    await close();
  },
);
