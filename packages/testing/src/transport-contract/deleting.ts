import assert from "node:assert/strict";
import { type KubernetesList, type KubernetesObject, SECRETS } from "@tenantry/sdk";
import { type TransportCase, transportCase, withCode } from "./transport-case.js";

const FINALIZER = "contract.tenantry.test/hold";

/** Delete and delete collection, finalizers, preconditions, dry run. */
export const deletingCases: readonly TransportCase[] = [
  transportCase("deletes once", async ({ transport, at, create, get }) => {
    await create("a");
    await transport.send({ verb: "delete", ...at("a") });
    await assert.rejects(get("a"), withCode("not_found"));
    await assert.rejects(transport.send({ verb: "delete", ...at("a") }), withCode("not_found"));
  }),
  transportCase("deletes only the object that a precondition means", async ({ transport, at, create, get }) => {
    const { metadata } = await create("a");
    const remove = (preconditions: object) => transport.send({ verb: "delete", ...at("a"), body: { preconditions } });
    await assert.rejects(remove({ uid: "00000000-0000-4000-8000-000000000000" }), withCode("conflict"));
    await assert.rejects(remove({ resourceVersion: "1" }), withCode("conflict"));
    await get("a");
    await remove({ uid: metadata.uid, resourceVersion: metadata.resourceVersion });
    await assert.rejects(get("a"), withCode("not_found"));
  }),
  transportCase(
    "keeps an object with a finalizer until the last one is taken off",
    async ({ transport, at, create, get }) => {
      await create("a", { metadata: { finalizers: [FINALIZER] } });
      await transport.send({ verb: "delete", ...at("a") });
      const held = await get("a");
      assert.ok(held.metadata.deletionTimestamp);
      assert.deepEqual(held.metadata.finalizers, [FINALIZER]);
      const more = { metadata: { finalizers: [FINALIZER, "contract.tenantry.test/late"] } };
      await assert.rejects(transport.send({ verb: "patch", ...at("a"), body: more }), withCode("invalid_argument"));
      await transport.send({ verb: "patch", ...at("a"), body: { metadata: { finalizers: null } } });
      await assert.rejects(get("a"), withCode("not_found"));
    },
  ),
  transportCase("deletes a collection by its labels", async ({ transport, at, create, namespace }) => {
    await create("a", { metadata: { labels: { app: "x" } } });
    await create("b", { metadata: { labels: { app: "y" } } });
    await create("c", { metadata: { labels: { app: "x" } } });
    await transport.send({ verb: "deletecollection", resource: SECRETS, namespace, labelSelector: "app=x" });
    const { items } = await transport.send<KubernetesList>({ verb: "list", ...at("a"), name: undefined });
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ["b"],
    );
  }),
  transportCase("writes nothing on a dry run and answers as if it had", async ({ transport, at, create, get }) => {
    const body = { apiVersion: "v1", kind: "Secret", metadata: { name: "dry" } };
    const dry = await transport.send<KubernetesObject>({ verb: "create", ...at("dry"), dryRun: true, body });
    assert.ok(dry.metadata.uid);
    await assert.rejects(get("dry"), withCode("not_found"));
    const created = await create("a", { data: { step: "MQ==" } });
    const data = { step: "Mg==" };
    const updated = await transport.send<typeof created>({
      verb: "update",
      ...at("a"),
      dryRun: true,
      body: { ...created, data },
    });
    assert.deepEqual(updated.data, data);
    await transport.send({ verb: "patch", ...at("a"), dryRun: true, body: { data } });
    await transport.send({ verb: "delete", ...at("a"), dryRun: true });
    await transport.send({
      verb: "delete",
      ...at("a"),
      dryRun: true,
      body: { preconditions: { uid: created.metadata.uid } },
    });
    assert.deepEqual(await get("a"), created);
  }),
];
