import { isTenantryError, SECRETS } from "@tenantry/sdk";
import { describe, expect, it } from "vitest";
import { CLUSTERS, type CnpgCluster } from "../../src/operators/cloudnative-pg/cluster-object.js";
import { SERVICES } from "../../src/operators/cloudnative-pg/objects/services.js";
import { isSignedBy, readCertificate } from "../../src/tls/read-certificate.js";
import { createCluster, eventTexts, eventually, names, readyCluster, secret, text } from "./plane.js";
import { usePlane } from "./use-plane.js";

const plane = usePlane();

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
    expect(plane.runtime.only().id).toBe(`cnpg-${metadata.uid}`);
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
    const { port } = plane.runtime.only().running ?? {};
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
    expect(plane.runtime.only().desired.passwords).toEqual({ app: password, postgres: null });
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
    expect(plane.runtime.only().desired.tls.certificate).toBe(text(server, "tls.crt"));
  });

  it("takes no plaintext, whatever lines the spec has", async () => {
    await createCluster(plane.transport, "shop", {
      postgresql: { pg_hba: ["host all all 10.0.0.0/8 md5", "hostnossl all all all reject"] },
    });
    await readyCluster(plane.transport, "shop");
    const { hba } = plane.runtime.only().desired;
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
      expect(await eventTexts(plane.transport)).toEqual(
        expect.arrayContaining([
          "CreatingInstance: Primary instance initialization",
          "InstanceReady: PostgreSQL is running and answers over TLS",
        ]),
      ),
    );
    expect(JSON.stringify(await eventTexts(plane.transport))).not.toContain(password);
    expect(JSON.stringify(await readyCluster(plane.transport, "shop"))).not.toContain(password);
  });
});

it("works on several clusters at once, but not on all", async () => {
  const clusters = Array.from({ length: 12 }, (_, index) => `shop-${String.fromCharCode(97 + index)}`);
  let open: () => void = () => undefined;
  plane.runtime.gate = new Promise((resolve) => {
    open = resolve;
  });
  await Promise.all(clusters.map((name) => createCluster(plane.transport, name)));
  await eventually(() => expect(plane.runtime.busy).toBe(4));
  open();
  await Promise.all(clusters.map((name) => readyCluster(plane.transport, name)));
  expect(plane.runtime.servers.size).toBe(12);
  const ports = [...plane.runtime.servers.values()].map(({ running }) => running?.port);
  expect(new Set(ports).size).toBe(12);
});

it("does nothing more once all is as it should be", async () => {
  await createCluster(plane.transport, "shop");
  const { metadata } = await readyCluster(plane.transport, "shop");
  await createCluster(plane.transport, "other");
  await readyCluster(plane.transport, "other");
  const { metadata: later } = await readyCluster(plane.transport, "shop");
  expect(later.resourceVersion).toBe(metadata.resourceVersion);
  expect(plane.runtime.calls.filter((call) => call === `ensure cnpg-${metadata.uid}`)).toHaveLength(1);
});

it("refuses what it cannot run, naming each path", async () => {
  const refused = await createCluster(plane.transport, "shop", {
    instances: 3,
    backup: { retentionPolicy: "30d" },
  }).catch((error: unknown) => error);
  if (!isTenantryError(refused)) throw new Error("accepted");
  expect(refused.violations.map(({ field }) => field).sort()).toEqual(["spec.backup", "spec.instances"]);
});
