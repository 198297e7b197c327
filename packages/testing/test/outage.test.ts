import { type FollowEvent, follow, NAMESPACES, retry, SECRETS } from "@tenantry/sdk";
import { createKubeconfigTransport, type KubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type HttpsPlane, startHttpsPlane } from "./https-plane.js";

let plane: HttpsPlane;
let transport: KubeconfigTransport;
const secret = (name: string) => ({
  verb: "create" as const,
  resource: SECRETS,
  namespace: "team-a",
  body: { apiVersion: "v1", kind: "Secret", metadata: { name } },
});

beforeAll(async () => {
  plane = await startHttpsPlane();
  transport = await createKubeconfigTransport({ kubeconfig: plane.kubeconfig });
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: "team-a" } };
  await transport.send({ verb: "create", resource: NAMESPACES, body });
});
afterAll(async () => {
  transport.close();
  await plane.close();
});

/** One event, in short. */
function inShort(event: FollowEvent | undefined): string {
  return event?.type === "snapshot" ? "snapshot" : `${event?.type} ${event?.object.metadata.name}`;
}

it("follows through outages of the API server without a gap or a duplicate", async () => {
  const interruptions: unknown[] = [];
  const events = follow(transport, SECRETS, {
    namespace: "team-a",
    onInterruption: (error) => interruptions.push(error),
  });
  const next = async () => inShort((await events.next()).value ?? undefined);
  expect(await next()).toBe("snapshot");
  for (let round = 0; round < 5; round++) {
    await transport.send(secret(`before-${round}`));
    expect(await next()).toBe(`ADDED before-${round}`);
    const missed = next();
    await plane.stopServing();
    const seen = interruptions.length;
    await expect.poll(() => interruptions.length, { timeout: 10_000 }).toBeGreaterThan(seen);
    await plane.apiServer.transport.send(secret(`during-${round}`));
    await plane.serveAgain();
    expect(await missed).toBe(`ADDED during-${round}`);
  }
  await events.return?.();
  for (const error of interruptions) expect(error).toMatchObject({ code: "unavailable" });
});

it("repeats a call, a create too, that met no server, and is told so where it may not wait", async () => {
  await plane.stopServing();
  const create = secret("patient");
  // A new one: a pooled connection may notice only with the next call that it was closed, and cannot tell what became of that.
  const fresh = await createKubeconfigTransport({ kubeconfig: plane.kubeconfig });
  await expect(fresh.send(create)).rejects.toMatchObject({ code: "unavailable", reason: "NotConnected" });
  const attempts: unknown[] = [];
  const patient = retry({ onRetry: (error) => attempts.push(error) })(fresh);
  const created = patient.send(create);
  await expect.poll(() => attempts.length).toBeGreaterThan(0);
  await plane.serveAgain();
  expect(await created).toMatchObject({ metadata: { name: "patient" } });
  fresh.close();
});
