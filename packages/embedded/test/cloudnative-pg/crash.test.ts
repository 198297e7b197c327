import { SECRETS, TenantryError, type Transport } from "@tenantry/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import { SERVICES } from "../../src/operators/cloudnative-pg/objects/services.js";
import { isSignedBy } from "../../src/tls/read-certificate.js";
import {
  clusterUntil,
  createCluster,
  deleteCluster,
  eventually,
  names,
  patchCluster,
  readyCluster,
  secret,
  text,
} from "./plane.js";
import { usePlane } from "./use-plane.js";

/** More writes than any of these operations makes, so that the last rounds end without a crash. */
const MOST_WRITES = 14;
const MOMENTS = Array.from({ length: MOST_WRITES + 1 }, (_, writes) => writes);

/** Works for so many writes; the answer to the last one does not come back any more, nor anything after it. */
function dying(transport: Transport, writes: number) {
  let left = writes;
  let dead = false;
  let died: () => void = () => undefined;
  const death = new Promise<void>((resolve) => {
    died = resolve;
  });
  const wrapped: Transport = {
    async send<T>(request: Parameters<Transport["send"]>[0]): Promise<T> {
      const isRead = request.verb === "get" || request.verb === "list";
      if (!dead && isRead) return transport.send<T>(request);
      if (!dead && left > 0) {
        left -= 1;
        const answer = await transport.send<T>(request);
        if (left > 0) return answer;
      }
      dead = true;
      died();
      throw new TenantryError("unavailable", "the process is gone");
    },
    watch: (request) => transport.watch(request),
  };
  return { transport: wrapped, death };
}

const plane = usePlane();
beforeEach(() => plane.stopOperator());

/** Lets an operator begin and die at the moment given, then another finish. */
async function crashAt(writes: number, done: () => Promise<unknown>): Promise<void> {
  const { transport, death } = dying(plane.transport, writes);
  await plane.startOperator({ transport, logger: undefined });
  const finished = done();
  await Promise.race([death, finished]);
  await plane.stopOperator();
  await plane.startOperator();
  await finished;
}

async function expectWhole(cluster: string): Promise<void> {
  const [app, ca, server] = await Promise.all(
    ["app", "ca", "server"].map((kind) => secret(plane.transport, `${cluster}-${kind}`)),
  );
  if (app === undefined || ca === undefined || server === undefined) throw new Error("unreachable");
  const { desired, running } = plane.runtime.only();
  expect(desired.passwords.app).toBe(text(app, "password"));
  expect(text(app, "port")).toBe(String(running?.port));
  expect(desired.tls).toMatchObject({ certificate: text(server, "tls.crt"), key: text(server, "tls.key") });
  expect(isSignedBy(text(server, "tls.crt"), text(ca, "ca.crt"))).toBe(true);
}

describe("an operator that is killed", () => {
  it.each(MOMENTS)("while it makes a cluster after %i writes: the next one finishes it", async (writes) => {
    await createCluster(plane.transport, "shop");
    await crashAt(writes, () => readyCluster(plane.transport, "shop"));
    await expectWhole("shop");
  });

  it.each(MOMENTS)("while it changes one after %i writes: the change is made", async (writes) => {
    await createCluster(plane.transport, "shop");
    await plane.startOperator();
    await readyCluster(plane.transport, "shop");
    await plane.stopOperator();
    await patchCluster(plane.transport, "shop", {
      spec: { enableSuperuserAccess: true, certificates: { serverAltDNSNames: ["db.example.org"] } },
    });
    await crashAt(writes, () => readyCluster(plane.transport, "shop"));
    await expectWhole("shop");
    const superuser = await secret(plane.transport, "shop-superuser");
    expect(plane.runtime.only().desired.passwords.postgres).toBe(text(superuser, "password"));
  });

  it.each(MOMENTS)("while it removes one after %i writes: nothing is left", async (writes) => {
    await createCluster(plane.transport, "shop");
    await plane.startOperator();
    await readyCluster(plane.transport, "shop");
    await plane.stopOperator();
    await deleteCluster(plane.transport, "shop");
    await crashAt(writes, () => clusterUntil(plane.transport, "shop", (one) => one === undefined));
    await eventually(async () => {
      expect(await names(plane.transport, SECRETS)).toEqual([]);
      expect(await names(plane.transport, SERVICES)).toEqual([]);
      expect(plane.runtime.servers.size).toBe(0);
    });
  });
});
