import { SECRETS, type Secret } from "@tenantry/sdk";
import { describe, expect, it } from "vitest";
import { readCertificate } from "../../src/tls/read-certificate.js";
import {
  clusterUntil,
  createCluster,
  deleteCluster,
  eventually,
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
    expect(plane.runtime.only().desired.passwords).toEqual({ shopkeeper: "correct horse", postgres: null });
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
    await eventually(() => expect(plane.runtime.only().desired.passwords.app).toBe("rotated"));
    const after = await secret(plane.transport, "shop-app");
    expect(text(after, "uri")).toBe(text(before, "uri"));
    expect(text(after, "password")).toBe("rotated");
  });

  it("gives the superuser a Secret while access is enabled and takes both away after", async () => {
    await createCluster(plane.transport, "shop", { enableSuperuserAccess: true });
    await readyCluster(plane.transport, "shop");
    const superuser = await secret(plane.transport, "shop-superuser");
    expect(text(superuser, "dbname")).toBe("*");
    expect(plane.runtime.only().desired.passwords.postgres).toBe(text(superuser, "password"));
    await patchCluster(plane.transport, "shop", { spec: { enableSuperuserAccess: false } });
    await readyCluster(plane.transport, "shop");
    expect(plane.runtime.only().desired.passwords.postgres).toBeNull();
    await eventually(async () => expect(await names(plane.transport, SECRETS)).not.toContain("shop-superuser"));
  });

  it("writes the new address when the port changes, with the password of now", async () => {
    await createCluster(plane.transport, "shop");
    await readyCluster(plane.transport, "shop");
    const before = await secret(plane.transport, "shop-app");
    await plane.stopOperator();
    const { id, desired } = plane.runtime.only();
    plane.runtime.servers.set(id, { desired, starts: 0, running: undefined });
    plane.runtime.nextPort = 50_001;
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
    expect(plane.runtime.only().desired.passwords.app).toBe(after);
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
    expect(plane.runtime.only().desired.tls.certificate).toBe(text(server as Secret, "tls.crt"));
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
