import { SECRETS, type Secret, type Transport, type TransportRequest } from "@tenantry/sdk";
import { describe, expect, it } from "vitest";
import { CLUSTERS, type CnpgCluster } from "../../src/operators/cloudnative-pg/cluster-object.js";
import { SERVICES } from "../../src/operators/cloudnative-pg/objects/services.js";
import { noDiskSpace } from "./fake-runtime.js";
import {
  clusterUntil,
  createCluster,
  deleteCluster,
  eventTexts,
  eventually,
  isReady,
  NAMESPACE,
  names,
  patchCluster,
  readyCluster,
  secret,
  send,
  text,
} from "./plane.js";
import { usePlane } from "./use-plane.js";

const plane = usePlane();

describe("a server that dies", () => {
  it("is not ready from then on, and is started again", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const { id } = plane.runtime.only();
    let open: () => void = () => undefined;
    plane.runtime.gate = new Promise((resolve) => {
      open = resolve;
    });
    plane.runtime.kill(id);
    const dead = await clusterUntil(plane.transport, "shop", (one) => one !== undefined && !isReady(one));
    expect(dead?.status).toMatchObject({ readyInstances: 0, instancesStatus: { failed: ["shop-1"] } });
    open();
    const healed = await readyCluster(plane.transport, "shop");
    expect(healed.status?.readyInstances).toBe(1);
    expect(plane.runtime.only().starts).toBe(2);
    expect(await eventTexts(plane.transport)).toContain(
      "InstanceFailed: PostgreSQL ended unexpectedly and is being started again",
    );
  });
});

describe("a failing runtime", () => {
  it("shows that the disk is full, and goes on by itself once it is not", async () => {
    plane.runtime.failure = noDiskSpace();
    await createCluster(plane.transport, "shop");
    const full = await clusterUntil(plane.transport, "shop", (one) => one?.status?.phase === "Not enough disk space");
    expect(full?.status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
      status: "False",
      message: "No space left on the device of /data",
    });
    plane.runtime.failure = undefined;
    await readyCluster(plane.transport, "shop");
    expect(plane.warnings.length).toBeGreaterThan(0);
  });

  it("names the parameter that PostgreSQL refuses, and recovers when it is mended", async () => {
    const { invalidArgument } = await import("@tenantry/sdk");
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    plane.runtime.failure = invalidArgument(
      "postgresql.parameters.work_mem",
      'invalid value for parameter "work_mem": "lots"',
    );
    await patchCluster(plane.transport, "shop", { spec: { postgresql: { parameters: { work_mem: "63MB" } } } });
    const refused = await clusterUntil(
      plane.transport,
      "shop",
      (one) => one?.status?.phase === "Invalid cluster definition",
    );
    expect(refused?.status?.phaseReason).toContain("spec.postgresql.parameters.work_mem: invalid value");
    expect(refused?.status?.readyInstances).toBe(1);
    plane.runtime.failure = undefined;
    await patchCluster(plane.transport, "shop", { spec: { postgresql: { parameters: { work_mem: null } } } });
    await readyCluster(plane.transport, "shop");
    expect(plane.runtime.only().desired.parameters.work_mem).toBeUndefined();
  });
});

describe("deleting", () => {
  it("leaves neither server nor data nor Secrets nor Services", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await deleteCluster(plane.transport, "shop");
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    expect(plane.runtime.servers.size).toBe(0);
    expect(await names(plane.transport, SECRETS)).toEqual([]);
    expect(await names(plane.transport, SERVICES)).toEqual([]);
  });

  it("does not wait for a server that takes its time to come up", async () => {
    plane.runtime.gate = new Promise(() => undefined);
    await createCluster(plane.transport, "shop");
    await eventually(() => expect(plane.runtime.busy).toBe(1));
    await deleteCluster(plane.transport, "shop");
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    expect(plane.runtime.servers.size).toBe(0);
    expect(plane.warnings).toEqual([]);
  });

  it("gives a cluster of the same name nothing of the one before", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const [before, beforeCa] = await Promise.all(["shop-app", "shop-ca"].map((name) => secret(plane.transport, name)));
    const { id } = plane.runtime.only();
    await plane.stopOperator();
    // Force-deleted while nobody was there: no finalizer, and what it left lies about.
    await patchCluster(plane.transport, "shop", { metadata: { finalizers: null } }).catch(() => undefined);
    await deleteCluster(plane.transport, "shop");
    await patchCluster(plane.transport, "shop", { metadata: { finalizers: [] } }).catch(() => undefined);
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    await createCluster(plane.transport, "shop");
    await plane.startOperator();
    await readyCluster(plane.transport, "shop");
    await eventually(() => expect(plane.runtime.servers.has(id)).toBe(false));
    expect(plane.runtime.only().id).not.toBe(id);
    const [after, afterCa] = await Promise.all(["shop-app", "shop-ca"].map((name) => secret(plane.transport, name)));
    expect(text(after as Secret, "password")).not.toBe(text(before as Secret, "password"));
    expect(text(afterCa as Secret, "ca.key")).not.toBe(text(beforeCa as Secret, "ca.key"));
  });
});

describe("an operator that starts again", () => {
  it("claims no server that it has not seen, and takes up every cluster", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const password = text(await secret(plane.transport, "shop-app"), "password");
    await plane.stopOperator();
    let open: () => void = () => undefined;
    plane.runtime.gate = new Promise((resolve) => {
      open = resolve;
    });
    await plane.startOperator();
    const listed = await send<CnpgCluster>(plane.transport, "get", {
      resource: CLUSTERS,
      namespace: NAMESPACE,
      name: "shop",
    });
    expect(isReady(listed)).toBe(false);
    open();
    await readyCluster(plane.transport, "shop");
    expect(plane.runtime.only().starts).toBe(1);
    expect(text(await secret(plane.transport, "shop-app"), "password")).toBe(password);
  });

  it("removes servers that no cluster is left of, and leaves those of others alone", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await plane.stopOperator();
    const { desired } = plane.runtime.only();
    plane.runtime.servers.set("cnpg-00000000-0000-0000-0000-000000000000", { desired, running: undefined, starts: 0 });
    plane.runtime.servers.set("crunchy-1", { desired, running: undefined, starts: 0 });
    await plane.startOperator();
    await eventually(() => expect(plane.runtime.servers.size).toBe(2));
    expect([...plane.runtime.servers.keys()]).toContain("crunchy-1");
    await readyCluster(plane.transport, "shop");
  });

  it("removes no data because of a list that lacks a cluster", async () => {
    const { metadata } = await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await plane.stopOperator();
    let lists = 0;
    const transport: Transport = {
      async send<T>(request: TransportRequest): Promise<T> {
        const answer = await plane.transport.send<T>(request);
        if (request.verb !== "list" || request.resource.plural !== "clusters") return answer;
        lists += 1;
        return lists === 1 ? { ...answer, items: [] } : answer;
      },
      watch: (request) => plane.transport.watch(request),
    };
    await plane.startOperator({ transport });
    await eventually(() => expect(lists).toBeGreaterThan(1));
    await createCluster(plane.transport, "other");
    await readyCluster(plane.transport, "other");
    expect([...plane.runtime.servers.keys()]).toContain(`cnpg-${metadata.uid}`);
    expect(await names(plane.transport, SECRETS)).toContain("shop-app");
  });

  it("finishes a deletion that was under way", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await plane.stopOperator();
    await deleteCluster(plane.transport, "shop");
    expect(plane.runtime.servers.size).toBe(1);
    await plane.startOperator();
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    expect(plane.runtime.servers.size).toBe(0);
  });
});

describe("annotations", () => {
  it("restart the server once, and not again after a restart of the operator", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const restartedAt = new Date(Date.now() + 1000).toISOString().replace(/\.\d+Z$/, "Z");
    await patchCluster(plane.transport, "shop", {
      metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": restartedAt } },
    });
    await eventually(() => expect(plane.runtime.only().starts).toBe(2));
    await readyCluster(plane.transport, "shop");
    await patchCluster(plane.transport, "shop", { metadata: { labels: { a: "b" } } });
    await readyCluster(plane.transport, "shop");
    expect(plane.runtime.only().starts).toBe(2);
  });

  it("hibernate the server and wake it", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await patchCluster(plane.transport, "shop", { metadata: { annotations: { "cnpg.io/hibernation": "on" } } });
    const asleep = await clusterUntil(plane.transport, "shop", (one) => one?.status?.readyInstances === 0);
    expect(asleep?.status?.phase).toBe("Cluster in healthy state");
    expect(asleep?.status?.conditions?.find(({ type }) => type === "cnpg.io/hibernation")?.reason).toBe("Hibernated");
    expect(plane.runtime.only().running).toBeUndefined();
    await patchCluster(plane.transport, "shop", { metadata: { annotations: { "cnpg.io/hibernation": "off" } } });
    const awake = await clusterUntil(plane.transport, "shop", (one) => one?.status?.readyInstances === 1);
    expect(awake?.status?.conditions?.some(({ type }) => type === "cnpg.io/hibernation")).toBe(false);
  });
});
