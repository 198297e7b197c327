import assert from "node:assert/strict";
import { isTenantryError } from "@tenantry/sdk";
import { secret, type TransportCase, transportCase, withCode } from "./transport-case.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Create, get and update. */
export const writingCases: readonly TransportCase[] = [
  transportCase(
    "creates an object, stamps it, and gives it back as it was written",
    async ({ create, get, namespace }) => {
      const created = await create("a", { data: { step: "MQ==" }, metadata: { labels: { app: "x" } } });
      assert.equal(created.kind, "Secret");
      assert.equal(created.apiVersion, "v1");
      assert.equal(created.metadata.namespace, namespace);
      assert.match(created.metadata.uid ?? "", UUID);
      assert.ok(Number(created.metadata.resourceVersion) > 0);
      assert.ok(Math.abs(Date.parse(created.metadata.creationTimestamp ?? "") - Date.now()) < 3_600_000);
      assert.deepEqual(created.data, { step: "MQ==" });
      assert.deepEqual(await get("a"), created);
    },
  ),
  transportCase(
    "takes the namespace of the request for an object that names none",
    async ({ transport, at, namespace }) => {
      const body = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" } };
      const created = await transport.send<{ metadata: { namespace: string } }>({ verb: "create", ...at("a"), body });
      assert.equal(created.metadata.namespace, namespace);
    },
  ),
  transportCase("refuses an object of another namespace than the request's", async ({ transport, at }) => {
    const body = secret("elsewhere", "a");
    await assert.rejects(transport.send({ verb: "create", ...at("a"), body }), withCode("invalid_argument"));
  }),
  transportCase("refuses to create what is there already", async ({ create }) => {
    await create("a");
    await assert.rejects(create("a"), withCode("already_exists"));
  }),
  transportCase("gives a new object of an old name a new uid", async ({ transport, at, create }) => {
    const first = await create("a");
    await transport.send({ verb: "delete", ...at("a") });
    const second = await create("a");
    assert.notEqual(second.metadata.uid, first.metadata.uid);
  }),
  transportCase("makes names from generateName", async ({ transport, at, namespace }) => {
    const body = { apiVersion: "v1", kind: "Secret", metadata: { namespace, generateName: "made-" } };
    const names = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const { metadata } = await transport.send<{ metadata: { name: string } }>({
        verb: "create",
        ...at(""),
        name: undefined,
        body,
      });
      assert.match(metadata.name, /^made-[a-z0-9]{5}$/);
      names.add(metadata.name);
    }
    assert.equal(names.size, 3);
  }),
  transportCase("refuses to create in a namespace that is not there", async ({ transport, at }) => {
    const namespace = "contract-nowhere";
    const call = transport.send({ verb: "create", ...at("a"), namespace, body: secret(namespace, "a") });
    await assert.rejects(call, withCode("not_found"));
  }),
  transportCase("names the field of an invalid object", async ({ create }) => {
    await assert.rejects(create("No_Name"), (error) => {
      assert.ok(isTenantryError(error));
      assert.equal(error.code, "invalid_argument");
      assert.deepEqual(
        error.violations.map(({ field }) => field),
        ["metadata.name"],
      );
      return true;
    });
  }),
  transportCase("answers not_found for an object and for a kind that are not there", async ({ transport, at, get }) => {
    await assert.rejects(get("absent"), withCode("not_found"));
    const resource = { ...at("a").resource, plural: "nonsenses", kind: "Nonsense" };
    await assert.rejects(transport.send({ verb: "get", ...at("a"), resource }), withCode("not_found"));
  }),
  transportCase(
    "replaces the whole object on update and keeps what the server stamped",
    async ({ transport, at, create, get }) => {
      const created = await create("a", { data: { step: "MQ==", old: "MQ==" } });
      const body = { ...created, data: { step: "Mg==" } };
      const updated = await transport.send<typeof created>({ verb: "update", ...at("a"), body });
      assert.deepEqual(updated.data, { step: "Mg==" });
      assert.equal(updated.metadata.uid, created.metadata.uid);
      assert.equal(updated.metadata.creationTimestamp, created.metadata.creationTimestamp);
      assert.ok(Number(updated.metadata.resourceVersion) > Number(created.metadata.resourceVersion));
      assert.deepEqual(await get("a"), updated);
    },
  ),
  transportCase(
    "rejects a stale update with conflict and keeps what is stored",
    async ({ transport, at, create, get }) => {
      const read = await create("a");
      const update = (step: string) =>
        transport.send({ verb: "update", ...at("a"), body: { ...read, data: { step } } });
      await update("MQ==");
      await assert.rejects(update("Mg=="), withCode("conflict"));
      assert.deepEqual((await get("a")).data, { step: "MQ==" });
    },
  ),
  transportCase("lets one of two simultaneous updates win", async ({ transport, at, create }) => {
    const read = await create("a");
    const update = (step: string) => transport.send({ verb: "update", ...at("a"), body: { ...read, data: { step } } });
    const outcomes = await Promise.allSettled([update("MQ=="), update("Mg=="), update("Mw==")]);
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    for (const outcome of outcomes) if (outcome.status === "rejected") assert.ok(withCode("conflict")(outcome.reason));
  }),
  transportCase("rejects an update meant for another object of the same name", async ({ transport, at, create }) => {
    const read = await create("a");
    const metadata = { ...read.metadata, uid: "00000000-0000-4000-8000-000000000000" };
    await assert.rejects(
      transport.send({ verb: "update", ...at("a"), body: { ...read, metadata } }),
      withCode("conflict"),
    );
  }),
  transportCase("answers not_found for an update of what is not there", async ({ transport, at, namespace }) => {
    const body = secret(namespace, "absent");
    await assert.rejects(transport.send({ verb: "update", ...at("absent"), body }), withCode("not_found"));
  }),
  transportCase("keeps the version on an update that changes nothing", async ({ transport, at, create }) => {
    const created = await create("a", { data: { step: "MQ==" } });
    const again = await transport.send<typeof created>({ verb: "update", ...at("a"), body: created });
    assert.equal(again.metadata.resourceVersion, created.metadata.resourceVersion);
  }),
];
