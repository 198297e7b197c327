import {
  EVENTS,
  isTenantryError,
  type KubernetesList,
  type KubernetesObject,
  SECRETS,
  type Secret,
  type Transport,
  type TransportRequest,
} from "@tenantry/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLUSTERS, type CnpgCluster } from "../../src/operators/cloudnative-pg/cluster-object.js";
import { SERVICES } from "../../src/operators/cloudnative-pg/objects/services.js";
import { isSignedBy, readCertificate } from "../../src/tls/read-certificate.js";
import { FakeRuntime, noDiskSpace } from "./fake-runtime.js";
import {
  clusterUntil,
  createCluster,
  deleteCluster,
  eventually,
  isReady,
  NAMESPACE,
  names,
  patchCluster,
  readyCluster,
  secret,
  send,
  startPlane,
  text,
} from "./plane.js";

type Plane = Awaited<ReturnType<typeof startPlane<FakeRuntime>>>;
let plane: Plane;
let runtime: FakeRuntime;
beforeEach(async () => {
  runtime = new FakeRuntime();
  plane = await startPlane(runtime);
});
afterEach(() => plane.close());

async function eventTexts(): Promise<readonly string[]> {
  const list = await send<KubernetesList<KubernetesObject & { reason: string; message: string }>>(
    plane.transport,
    "list",
    {
      resource: EVENTS,
      namespace: NAMESPACE,
    },
  );
  return list.items.map(({ reason, message }) => `${reason}: ${message}`);
}

describe("a new cluster", () => {
  it("walks the operator's phases and ends ready", async () => {
    const phases: string[] = [];
    const abort = new AbortController();
    const watching = (async () => {
      for await (const { object } of plane.transport.watch<CnpgCluster>({ resource: CLUSTERS, signal: abort.signal })) {
        const phase = object.status?.phase;
        if (phase !== undefined && phases.at(-1) !== phase) phases.push(phase);
      }
    })().catch(() => undefined);
    await createCluster(plane.transport, "shop");
    const { status, metadata } = await readyCluster(plane.transport, "shop");
    await eventually(() =>
      expect(phases).toEqual([
        "Setting up primary",
        "Waiting for the instances to become active",
        "Cluster in healthy state",
      ]),
    );
    abort.abort();
    await watching;
    expect(status).toMatchObject({
      instances: 1,
      readyInstances: 1,
      instanceNames: ["shop-1"],
      currentPrimary: "shop-1",
      targetPrimary: "shop-1",
      timelineID: 1,
      systemID: "7433000000000000001",
      image: "ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
      writeService: "shop-rw",
      readService: "shop-r",
      certificates: {
        serverCASecret: "shop-ca",
        serverTLSSecret: "shop-server",
        replicationTLSSecret: "shop-replication",
      },
    });
    expect(status?.conditions?.map(({ type, status: value, reason }) => [type, value, reason])).toEqual([
      ["Ready", "True", "ClusterIsReady"],
      ["Initialized", "True", "BootstrapCompleted"],
      ["ConsistentSystemID", "True", "Unique"],
    ]);
    expect(metadata.finalizers).toEqual(["embedded.tenantry.dev/postgresql"]);
    expect(runtime.only().id).toBe(`cnpg-${metadata.uid}`);
  });

  it("gets the Secrets and Services of the real operator, owned by it", async () => {
    const { metadata } = await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    expect(await names(plane.transport, SECRETS)).toEqual(["shop-app", "shop-ca", "shop-replication", "shop-server"]);
    expect(await names(plane.transport, SERVICES)).toEqual(["shop-r", "shop-ro", "shop-rw"]);
    const app = await secret(plane.transport, "shop-app");
    expect(app.type).toBe("kubernetes.io/basic-auth");
    expect(app.metadata.labels).toMatchObject({ "cnpg.io/cluster": "shop", "cnpg.io/userType": "app" });
    expect(app.metadata.ownerReferences).toEqual([expect.objectContaining({ kind: "Cluster", uid: metadata.uid })]);
    const { port } = runtime.only().running ?? {};
    const password = text(app, "password");
    expect(password).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(
      Object.fromEntries(Object.keys(app.data ?? {}).map((key) => [key, text(app, key).replaceAll(password, "PW")])),
    ).toEqual({
      username: "app",
      user: "app",
      password: "PW",
      dbname: "app",
      host: "localhost",
      port: String(port),
      pgpass: `localhost:${port}:app:app:PW\n`,
      uri: `postgresql://app:PW@localhost:${port}/app`,
      "jdbc-uri": `jdbc:postgresql://localhost:${port}/app?password=PW&user=app`,
      "fqdn-uri": `postgresql://app:PW@localhost:${port}/app`,
      "fqdn-jdbc-uri": `jdbc:postgresql://localhost:${port}/app?password=PW&user=app`,
    });
    expect(runtime.only().desired.passwords).toEqual({ app: password, postgres: null });
  });

  it("gets certificates for every name under which it may be addressed", async () => {
    await createCluster(plane.transport, "shop", { certificates: { serverAltDNSNames: ["db.example.org"] } });
    await readyCluster(plane.transport, "shop");
    const [ca, server] = await Promise.all(["shop-ca", "shop-server"].map((name) => secret(plane.transport, name)));
    if (ca === undefined || server === undefined) throw new Error("unreachable");
    expect(server.type).toBe("kubernetes.io/tls");
    expect(isSignedBy(text(server, "tls.crt"), text(ca, "ca.crt"))).toBe(true);
    const { dnsNames } = readCertificate(text(server, "tls.crt"));
    expect(dnsNames).toEqual(
      expect.arrayContaining([
        "localhost",
        "shop-rw",
        "shop-rw.team-a",
        "shop-rw.team-a.svc",
        "shop-rw.team-a.svc.cluster.local",
        "shop-ro.team-a.svc",
        "shop-r",
        "db.example.org",
      ]),
    );
    expect(runtime.only().desired.tls.certificate).toBe(text(server, "tls.crt"));
  });

  it("takes no plaintext, whatever lines the spec has", async () => {
    await createCluster(plane.transport, "shop", {
      postgresql: { pg_hba: ["host all all 10.0.0.0/8 md5", "hostnossl all all all reject"] },
    });
    await readyCluster(plane.transport, "shop");
    const { hba } = runtime.only().desired;
    expect(hba[0]).toBe("hostnossl all all all reject");
    expect(hba.slice(-3)).toEqual([
      "hostssl all all 10.0.0.0/8 md5",
      "hostnossl all all all reject",
      "hostssl all all all scram-sha-256",
    ]);
    expect(hba.filter((line) => !line.startsWith("hostssl") && !line.endsWith("reject"))).toEqual([]);
  });

  it("tells its story in Events, without a password", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const password = text(await secret(plane.transport, "shop-app"), "password");
    await eventually(async () =>
      expect(await eventTexts()).toEqual(
        expect.arrayContaining([
          "CreatingInstance: Primary instance initialization",
          "InstanceReady: PostgreSQL is running and answers over TLS",
        ]),
      ),
    );
    expect(JSON.stringify(await eventTexts())).not.toContain(password);
    expect(JSON.stringify(await readyCluster(plane.transport, "shop"))).not.toContain(password);
  });
});

describe("credentials", () => {
  it("uses the Secret that the spec names, waits for it and makes none of its own", async () => {
    await createCluster(plane.transport, "shop", {
      bootstrap: { initdb: { owner: "shopkeeper", secret: { name: "mine" } } },
    });
    const waiting = await clusterUntil(
      plane.transport,
      "shop",
      (one) => one?.status?.phase === "Waiting for user action",
    );
    expect(waiting?.status?.phaseReason).toBe('spec.bootstrap.initdb.secret: there is no Secret "mine"');
    const body = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "mine" },
      type: "kubernetes.io/basic-auth",
      stringData: { username: "someone", password: "correct horse" },
    };
    await send(plane.transport, "create", { resource: SECRETS, namespace: NAMESPACE, body });
    const wrong = await clusterUntil(
      plane.transport,
      "shop",
      (one) => one?.status?.phaseReason?.includes("username") ?? false,
    );
    expect(wrong?.status?.phaseReason).toContain('"username" in Secret "mine" must be "shopkeeper"');
    const patch = { stringData: { username: "shopkeeper" } };
    await send(plane.transport, "patch", { resource: SECRETS, namespace: NAMESPACE, name: "mine", body: patch });
    await readyCluster(plane.transport, "shop");
    expect(runtime.only().desired.passwords).toEqual({ shopkeeper: "correct horse", postgres: null });
    expect(await names(plane.transport, SECRETS)).not.toContain("shop-app");
    await deleteCluster(plane.transport, "shop");
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    expect(await names(plane.transport, SECRETS)).toEqual(["mine"]);
  });

  it("follows an edited password and leaves the rest of the Secret as it is", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const before = await secret(plane.transport, "shop-app");
    const body = { stringData: { password: "rotated" } };
    await send(plane.transport, "patch", { resource: SECRETS, namespace: NAMESPACE, name: "shop-app", body });
    await eventually(() => expect(runtime.only().desired.passwords.app).toBe("rotated"));
    const after = await secret(plane.transport, "shop-app");
    expect(text(after, "uri")).toBe(text(before, "uri"));
    expect(text(after, "password")).toBe("rotated");
  });

  it("gives the superuser a Secret while access is enabled and takes both away after", async () => {
    await createCluster(plane.transport, "shop", { enableSuperuserAccess: true });
    await readyCluster(plane.transport, "shop");
    const superuser = await secret(plane.transport, "shop-superuser");
    expect(text(superuser, "dbname")).toBe("*");
    expect(runtime.only().desired.passwords.postgres).toBe(text(superuser, "password"));
    await patchCluster(plane.transport, "shop", { spec: { enableSuperuserAccess: false } });
    await readyCluster(plane.transport, "shop");
    expect(runtime.only().desired.passwords.postgres).toBeNull();
    await eventually(async () => expect(await names(plane.transport, SECRETS)).not.toContain("shop-superuser"));
  });

  it("writes the new address when the port changes, with the password of now", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const before = await secret(plane.transport, "shop-app");
    await plane.stopOperator();
    const { id, desired } = runtime.only();
    runtime.servers.set(id, { desired, starts: 0, running: undefined });
    runtime.nextPort = 50_001;
    await plane.startOperator();
    await eventually(async () => expect(text(await secret(plane.transport, "shop-app"), "port")).toBe("50001"));
    const after = await secret(plane.transport, "shop-app");
    expect(text(after, "uri")).toContain("@localhost:50001/app");
    expect(text(after, "password")).toBe(text(before, "password"));
  });

  it("makes a deleted Secret again, with another password that the role gets too", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const before = text(await secret(plane.transport, "shop-app"), "password");
    await send(plane.transport, "delete", { resource: SECRETS, namespace: NAMESPACE, name: "shop-app" });
    await eventually(async () => expect(await names(plane.transport, SECRETS)).toContain("shop-app"));
    const after = text(await secret(plane.transport, "shop-app"), "password");
    expect(after).not.toBe(before);
    expect(runtime.only().desired.passwords.app).toBe(after);
  });
});

describe("a server that dies", () => {
  it("is not ready from then on, and is started again", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const { id } = runtime.only();
    let open: () => void = () => undefined;
    runtime.gate = new Promise((resolve) => {
      open = resolve;
    });
    runtime.kill(id);
    const dead = await clusterUntil(plane.transport, "shop", (one) => one !== undefined && !isReady(one));
    expect(dead?.status).toMatchObject({ readyInstances: 0, instancesStatus: { failed: ["shop-1"] } });
    open();
    const healed = await readyCluster(plane.transport, "shop");
    expect(healed.status?.readyInstances).toBe(1);
    expect(runtime.only().starts).toBe(2);
    expect(await eventTexts()).toContain("InstanceFailed: PostgreSQL ended unexpectedly and is being started again");
  });
});

describe("a failing runtime", () => {
  it("shows that the disk is full, and goes on by itself once it is not", async () => {
    runtime.failure = noDiskSpace();
    await createCluster(plane.transport, "shop");
    const full = await clusterUntil(plane.transport, "shop", (one) => one?.status?.phase === "Not enough disk space");
    expect(full?.status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
      status: "False",
      message: "No space left on the device of /data",
    });
    runtime.failure = undefined;
    await readyCluster(plane.transport, "shop");
    expect(plane.warnings.length).toBeGreaterThan(0);
  });

  it("names the parameter that PostgreSQL refuses, and recovers when it is mended", async () => {
    const { invalidArgument } = await import("@tenantry/sdk");
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    runtime.failure = invalidArgument(
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
    runtime.failure = undefined;
    await patchCluster(plane.transport, "shop", { spec: { postgresql: { parameters: { work_mem: null } } } });
    await readyCluster(plane.transport, "shop");
    expect(runtime.only().desired.parameters.work_mem).toBeUndefined();
  });
});

describe("deleting", () => {
  it("leaves neither server nor data nor Secrets nor Services", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await deleteCluster(plane.transport, "shop");
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    expect(runtime.servers.size).toBe(0);
    expect(await names(plane.transport, SECRETS)).toEqual([]);
    expect(await names(plane.transport, SERVICES)).toEqual([]);
  });

  it("does not wait for a server that takes its time to come up", async () => {
    runtime.gate = new Promise(() => undefined);
    await createCluster(plane.transport, "shop");
    await eventually(() => expect(runtime.busy).toBe(1));
    await deleteCluster(plane.transport, "shop");
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    expect(runtime.servers.size).toBe(0);
    expect(plane.warnings).toEqual([]);
  });

  it("gives a cluster of the same name nothing of the one before", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const [before, beforeCa] = await Promise.all(["shop-app", "shop-ca"].map((name) => secret(plane.transport, name)));
    const { id } = runtime.only();
    await plane.stopOperator();
    // Force-deleted while nobody was there: no finalizer, and what it left lies about.
    await patchCluster(plane.transport, "shop", { metadata: { finalizers: null } }).catch(() => undefined);
    await deleteCluster(plane.transport, "shop");
    await patchCluster(plane.transport, "shop", { metadata: { finalizers: [] } }).catch(() => undefined);
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    await createCluster(plane.transport, "shop");
    await plane.startOperator();
    await readyCluster(plane.transport, "shop");
    await eventually(() => expect(runtime.servers.has(id)).toBe(false));
    expect(runtime.only().id).not.toBe(id);
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
    runtime.gate = new Promise((resolve) => {
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
    expect(runtime.only().starts).toBe(1);
    expect(text(await secret(plane.transport, "shop-app"), "password")).toBe(password);
  });

  it("removes servers that no cluster is left of, and leaves those of others alone", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await plane.stopOperator();
    const { desired } = runtime.only();
    runtime.servers.set("cnpg-00000000-0000-0000-0000-000000000000", { desired, running: undefined, starts: 0 });
    runtime.servers.set("crunchy-1", { desired, running: undefined, starts: 0 });
    await plane.startOperator();
    await eventually(() => expect(runtime.servers.size).toBe(2));
    expect([...runtime.servers.keys()]).toContain("crunchy-1");
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
    expect([...runtime.servers.keys()]).toContain(`cnpg-${metadata.uid}`);
    expect(await names(plane.transport, SECRETS)).toContain("shop-app");
  });

  it("finishes a deletion that was under way", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await plane.stopOperator();
    await deleteCluster(plane.transport, "shop");
    expect(runtime.servers.size).toBe(1);
    await plane.startOperator();
    await clusterUntil(plane.transport, "shop", (one) => one === undefined);
    expect(runtime.servers.size).toBe(0);
  });
});

describe("certificates in time", () => {
  const DAY_MS = 24 * 60 * 60 * 1000;

  it("are renewed seven days before they end, under the same authority key", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const [oldCa, oldServer] = await Promise.all(
      ["shop-ca", "shop-server"].map((name) => secret(plane.transport, name)),
    );
    await plane.stopOperator();
    await plane.startOperator({ now: () => new Date(Date.now() + 82 * DAY_MS) });
    await readyCluster(plane.transport, "shop");
    expect(text(await secret(plane.transport, "shop-server"), "tls.crt")).toBe(text(oldServer as Secret, "tls.crt"));
    await plane.stopOperator();
    await plane.startOperator({ now: () => new Date(Date.now() + 84 * DAY_MS) });
    await readyCluster(plane.transport, "shop");
    const [ca, server] = await Promise.all(["shop-ca", "shop-server"].map((name) => secret(plane.transport, name)));
    expect(text(ca as Secret, "ca.key")).toBe(text(oldCa as Secret, "ca.key"));
    expect(text(ca as Secret, "ca.crt")).not.toBe(text(oldCa as Secret, "ca.crt"));
    expect(text(server as Secret, "tls.crt")).not.toBe(text(oldServer as Secret, "tls.crt"));
    expect(runtime.only().desired.tls.certificate).toBe(text(server as Secret, "tls.crt"));
  });

  it("are issued anew when a name is added", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await patchCluster(plane.transport, "shop", { spec: { certificates: { serverAltDNSNames: ["db.example.org"] } } });
    await readyCluster(plane.transport, "shop");
    const { dnsNames } = readCertificate(text(await secret(plane.transport, "shop-server"), "tls.crt"));
    expect(dnsNames).toContain("db.example.org");
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
    await eventually(() => expect(runtime.only().starts).toBe(2));
    await readyCluster(plane.transport, "shop");
    await patchCluster(plane.transport, "shop", { metadata: { labels: { a: "b" } } });
    await readyCluster(plane.transport, "shop");
    expect(runtime.only().starts).toBe(2);
  });

  it("hibernate the server and wake it", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    await patchCluster(plane.transport, "shop", { metadata: { annotations: { "cnpg.io/hibernation": "on" } } });
    const asleep = await clusterUntil(plane.transport, "shop", (one) => one?.status?.readyInstances === 0);
    expect(asleep?.status?.phase).toBe("Cluster in healthy state");
    expect(asleep?.status?.conditions?.find(({ type }) => type === "cnpg.io/hibernation")?.reason).toBe("Hibernated");
    expect(runtime.only().running).toBeUndefined();
    await patchCluster(plane.transport, "shop", { metadata: { annotations: { "cnpg.io/hibernation": "off" } } });
    const awake = await clusterUntil(plane.transport, "shop", (one) => one?.status?.readyInstances === 1);
    expect(awake?.status?.conditions?.some(({ type }) => type === "cnpg.io/hibernation")).toBe(false);
  });
});

it("works on several clusters at once, but not on all", async () => {
  const clusters = Array.from({ length: 12 }, (_, index) => `shop-${String.fromCharCode(97 + index)}`);
  let open: () => void = () => undefined;
  runtime.gate = new Promise((resolve) => {
    open = resolve;
  });
  await Promise.all(clusters.map((name) => createCluster(plane.transport, name)));
  await eventually(() => expect(runtime.busy).toBe(4));
  open();
  await Promise.all(clusters.map((name) => readyCluster(plane.transport, name)));
  expect(runtime.servers.size).toBe(12);
  const ports = [...runtime.servers.values()].map(({ running }) => running?.port);
  expect(new Set(ports).size).toBe(12);
});

it("does nothing more once all is as it should be", async () => {
  await createCluster(plane.transport, "shop");
  const { metadata } = await readyCluster(plane.transport, "shop");
  await createCluster(plane.transport, "other");
  await readyCluster(plane.transport, "other");
  const { metadata: later } = await readyCluster(plane.transport, "shop");
  expect(later.resourceVersion).toBe(metadata.resourceVersion);
  expect(runtime.calls.filter((call) => call === `ensure cnpg-${metadata.uid}`)).toHaveLength(1);
});

it("refuses what it cannot run, by path, and lets a cluster without a Secret of its own be read by nobody else", async () => {
  const refused = await createCluster(plane.transport, "shop", {
    instances: 3,
    backup: { retentionPolicy: "30d" },
  }).catch((error: unknown) => error);
  if (!isTenantryError(refused)) throw new Error("accepted");
  expect(refused.violations.map(({ field }) => field).sort()).toEqual(["spec.backup", "spec.instances"]);
});
