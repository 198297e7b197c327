import assert from "node:assert/strict";
import { isTenantryError, type KubernetesList, SECRETS, type WatchEvent, type WatchRequest } from "@tenantry/sdk";
import { type ContractSpace, type TransportCase, transportCase, withCode } from "./transport-case.js";

/** A watch that shows nothing for this long has broken its promise. */
const PATIENCE_MS = 10_000;

export const watchingCases: readonly TransportCase[] = [
  transportCase("watches every change after a list, in its order, and none before", async (space) => {
    await space.create("before");
    const resourceVersion = await versionOf(space);
    await space.create("a");
    await setStep(space, "a", "Mg==");
    await space.transport.send({ verb: "delete", ...space.at("a") });
    await space.create("b");
    assert.deepEqual(await see(space, 4, { resourceVersion }), ["ADDED a", "MODIFIED a", "DELETED a", "ADDED b"]);
  }),
  transportCase("watches what is still to come", async (space) => {
    const watched = see(space, 2, { resourceVersion: await versionOf(space) });
    await space.create("a");
    await setStep(space, "a", "Mg==");
    assert.deepEqual(await watched, ["ADDED a", "MODIFIED a"]);
  }),
  transportCase("raises the version with each event, and ends a deletion with the last state", async (space) => {
    const resourceVersion = await versionOf(space);
    await space.create("a", { data: { step: "MQ==" } });
    await setStep(space, "a", "Mg==");
    await space.transport.send({ verb: "delete", ...space.at("a") });
    const events = await collect(space, 3, { resourceVersion });
    const versions = [resourceVersion, ...events.map(({ object }) => object.metadata.resourceVersion)].map(Number);
    assert.deepEqual(
      versions,
      [...new Set(versions)].sort((a, b) => a - b),
    );
    assert.deepEqual((events[2]?.object as { data?: object } | undefined)?.data, { step: "Mg==" });
  }),
  transportCase("gives what is there as ADDED to a watch that names no version", async (space) => {
    await space.create("a");
    await space.create("b");
    const events = await collect(space, 2);
    assert.deepEqual(
      new Set(events.map(({ type, object }) => `${type} ${object.metadata.name}`)),
      new Set(["ADDED a", "ADDED b"]),
    );
    assert.equal(events[0]?.object.kind, "Secret");
    assert.equal(events[0]?.object.apiVersion, "v1");
  }),
  transportCase("watches by labels: what ceases to match is DELETED, what begins to is ADDED", async (space) => {
    const resourceVersion = await versionOf(space);
    const label = (name: string, app: string | null) =>
      space.transport.send({ verb: "patch", ...space.at(name), body: { metadata: { labels: { app } } } });
    await space.create("other", { metadata: { labels: { app: "y" } } });
    await space.create("a", { metadata: { labels: { app: "x" } } });
    await label("a", null);
    await setStep(space, "a", "Mg==");
    await label("a", "x");
    await space.transport.send({ verb: "delete", ...space.at("other") });
    await space.transport.send({ verb: "delete", ...space.at("a") });
    const seen = await see(space, 4, { resourceVersion, labelSelector: "app=x" });
    assert.deepEqual(seen, ["ADDED a", "DELETED a", "ADDED a", "DELETED a"]);
  }),
  transportCase("watches one object by its name", async (space) => {
    const resourceVersion = await versionOf(space);
    await space.create("a");
    await space.create("b");
    await setStep(space, "a", "Mg==");
    await setStep(space, "b", "Mg==");
    assert.deepEqual(await see(space, 2, { resourceVersion, fieldSelector: "metadata.name=b" }), [
      "ADDED b",
      "MODIFIED b",
    ]);
  }),
  transportCase("shows a watch nothing of another namespace", async (space) => {
    const resourceVersion = await versionOf(space);
    const body = { apiVersion: "v1", kind: "Secret", metadata: { name: "theirs" } };
    await space.transport.send({ verb: "create", ...space.at("theirs"), namespace: "default", dryRun: true, body });
    const other = {
      ...space.at("theirs"),
      namespace: "default",
      body: { ...body, metadata: { generateName: "contract-" } },
    };
    const { metadata } = await space.transport.send<{ metadata: { name: string } }>({
      verb: "create",
      ...other,
      name: undefined,
    });
    await space.transport.send({ verb: "delete", ...other, name: metadata.name, body: undefined });
    await space.create("mine");
    assert.deepEqual(await see(space, 1, { resourceVersion }), ["ADDED mine"]);
  }),
  transportCase("shows a watch no dry run and no update that changes nothing", async (space) => {
    const created = await space.create("a");
    const resourceVersion = await versionOf(space);
    const data = { step: "Mg==" };
    await space.transport.send({ verb: "patch", ...space.at("a"), dryRun: true, body: { data } });
    await space.transport.send({ verb: "update", ...space.at("a"), body: created });
    await space.transport.send({ verb: "patch", ...space.at("a"), body: { data } });
    assert.deepEqual(await see(space, 1, { resourceVersion }), ["MODIFIED a"]);
  }),
  transportCase("shows a finalizer's object as MODIFIED on delete, and DELETED once it is taken off", async (space) => {
    await space.create("a", { metadata: { finalizers: ["contract.tenantry.test/hold"] } });
    const resourceVersion = await versionOf(space);
    await space.transport.send({ verb: "delete", ...space.at("a") });
    await space.transport.send({ verb: "patch", ...space.at("a"), body: { metadata: { finalizers: null } } });
    const seen = await see(space, 2, { resourceVersion });
    assert.deepEqual(seen, ["MODIFIED a", "DELETED a"]);
  }),
  transportCase("gives two watchers the same", async (space) => {
    const resourceVersion = await versionOf(space);
    const both = [see(space, 3, { resourceVersion }), see(space, 3, { resourceVersion })];
    for (const name of ["a", "b", "c"]) await space.create(name);
    assert.deepEqual(await Promise.all(both), Array(2).fill(["ADDED a", "ADDED b", "ADDED c"]));
  }),
  transportCase("ends a watch without an error when its time is up", async (space) => {
    await space.create("a");
    const request = { resource: SECRETS, namespace: space.namespace, timeoutSeconds: 1 };
    const seen: string[] = [];
    for await (const { type } of space.transport.watch({ ...request, signal: AbortSignal.timeout(PATIENCE_MS) }))
      seen.push(type);
    assert.deepEqual(seen, ["ADDED"]);
  }),
  transportCase("says expired to a watch from a version that is too old", async (space) => {
    await space.create("a");
    const oldest = space.lane.expireHistory === undefined ? "1" : await versionOf(space);
    await setStep(space, "a", "Mg==");
    await space.lane.expireHistory?.();
    await assert.rejects(collect(space, 1, { resourceVersion: oldest }), withCode("expired"));
    // Where the position is lost, a list gives a new one.
    const resourceVersion = await versionOf(space);
    await setStep(space, "a", "Mw==");
    assert.deepEqual(await see(space, 1, { resourceVersion }), ["MODIFIED a"]);
  }),
  transportCase("refuses a watch from a version that is none", async (space) => {
    // A real server calls it an error of its own (500). What matters is that nobody waits, or tries again.
    await assert.rejects(collect(space, 1, { resourceVersion: "nonsense" }), (error) => {
      assert.ok(isTenantryError(error));
      assert.equal(error.retryable, false);
      return true;
    });
  }),
  transportCase("ends a watch with the caller's own reason on abort", async (space) => {
    const caller = new AbortController();
    const reason = new Error("the caller's own");
    await space.create("a");
    const consume = async () => {
      const request = { resource: SECRETS, namespace: space.namespace, signal: caller.signal };
      for await (const _ of space.transport.watch(request)) caller.abort(reason);
    };
    await assert.rejects(consume(), (error) => error === reason);
  }),
  transportCase("goes on after loops that were left", async (space) => {
    await space.create("a");
    for (let i = 0; i < 20; i++) assert.deepEqual(await see(space, 1), ["ADDED a"]);
  }),
];

async function versionOf({ transport, namespace }: ContractSpace): Promise<string | undefined> {
  const { metadata } = await transport.send<KubernetesList>({ verb: "list", resource: SECRETS, namespace });
  return metadata.resourceVersion;
}

async function setStep({ transport, at }: ContractSpace, name: string, step: string): Promise<void> {
  await transport.send({ verb: "patch", ...at(name), body: { data: { step } } });
}

async function collect(
  { transport, namespace }: ContractSpace,
  count: number,
  options: Partial<WatchRequest> = {},
): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for await (const event of transport.watch({ resource: SECRETS, namespace, signal, ...options })) {
    assert.notEqual(event.type, "BOOKMARK", "nobody asked for bookmarks");
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

async function see(space: ContractSpace, count: number, options?: Partial<WatchRequest>): Promise<string[]> {
  return (await collect(space, count, options)).map(({ type, object }) => `${type} ${object.metadata.name}`);
}
