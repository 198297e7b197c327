import { findCondition, type KubernetesObject, NAMESPACES, type Resource } from "@tenantry/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestPlane, type TestPlane } from "./create-test-plane.js";

const CLUSTERS: Resource = {
  group: "postgresql.cnpg.io",
  version: "v1",
  plural: "clusters",
  kind: "Cluster",
  scope: "Namespaced",
};
const SHOP = { resource: CLUSTERS, namespace: "team-a", name: "shop" };
const shop = (size: string) => ({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "shop" },
  spec: { instances: 1, storage: { size } },
});

let plane: TestPlane;
beforeEach(async () => {
  plane = await createTestPlane();
});
afterEach(() => plane.close());

describe("a test plane", () => {
  it("has the namespaces asked for, and two when none are", async () => {
    await plane.transport.send({ verb: "get", resource: NAMESPACES, name: "team-b" });
    const other = await createTestPlane({ namespaces: ["mine"] });
    await other.transport.send({ verb: "get", resource: NAMESPACES, name: "mine" });
    await expect(other.transport.send({ verb: "get", resource: NAMESPACES, name: "team-a" })).rejects.toMatchObject({
      code: "not_found",
    });
    await other.close();
  });

  it("refuses what CloudNativePG refuses, with the path of the field", async () => {
    const call = plane.transport.send({ verb: "create", ...SHOP, body: shop("much") });
    await expect(call).rejects.toMatchObject({
      code: "invalid_argument",
      violations: [{ field: "spec.storage.size" }],
    });
  });

  it("has no operator: an accepted cluster stays without a status until the test reports one", async () => {
    await plane.transport.send({ verb: "create", ...SHOP, body: shop("1Gi") });
    const read = () => plane.transport.send<KubernetesObject & { status?: Status }>({ verb: "get", ...SHOP });
    expect((await read()).status).toBeUndefined();
    const conditions = [
      {
        type: "Ready",
        status: "True",
        lastTransitionTime: "2026-01-01T00:00:00Z",
        reason: "ClusterIsReady",
        message: "",
      },
    ];
    await plane.setStatus(SHOP, { readyInstances: 1, conditions });
    const { status, metadata } = await read();
    expect(findCondition(status?.conditions as never, "Ready")?.status).toBe("True");
    expect(metadata.generation).toBe(1);
  });

  it("says not_found for the status of what is not there", async () => {
    await expect(plane.setStatus(SHOP, {})).rejects.toMatchObject({ code: "not_found" });
  });

  it("sends watchers that look back a 410 once history is expired", async () => {
    const list = await plane.transport.send<{ metadata: { resourceVersion: string } }>({
      verb: "list",
      resource: CLUSTERS,
    });
    await plane.transport.send({ verb: "create", ...SHOP, body: shop("1Gi") });
    await plane.expireHistory();
    const consume = async () => {
      const { resourceVersion } = list.metadata;
      for await (const _ of plane.transport.watch({ resource: CLUSTERS, resourceVersion })) throw new Error("an event");
    };
    await expect(consume()).rejects.toMatchObject({ code: "expired" });
  });

  it("stamps objects with the clock it is given", async () => {
    const timed = await createTestPlane({ clock: () => new Date("2020-02-02T02:02:02Z") });
    const created = await timed.transport.send<KubernetesObject>({ verb: "create", ...SHOP, body: shop("1Gi") });
    expect(created.metadata.creationTimestamp).toBe("2020-02-02T02:02:02Z");
    await timed.close();
  });

  it("ends its watches when it is closed, and shares nothing with another one", async () => {
    const other = await createTestPlane();
    await plane.transport.send({ verb: "create", ...SHOP, body: shop("1Gi") });
    await expect(other.transport.send({ verb: "get", ...SHOP })).rejects.toMatchObject({ code: "not_found" });
    const watched = (async () => {
      for await (const _ of other.transport.watch({ resource: CLUSTERS })) throw new Error("an event");
    })();
    await other.close();
    await watched;
  });
});

interface Status {
  readonly conditions?: readonly unknown[];
}
