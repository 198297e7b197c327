import assert from "node:assert/strict";
import { isTenantryError, type KubernetesObject } from "@tenantry/sdk";
import {
  type ContractSecret,
  type ContractSpace,
  secret,
  type TransportCase,
  transportCase,
  withCode,
} from "./transport-case.js";

/** The three kinds of patch, and server-side apply. */
export const patchingCases: readonly TransportCase[] = [
  transportCase("merges a patch and removes what it sets to null", async ({ transport, at, create }) => {
    const created = await create("a", { data: { kept: "MQ==", gone: "MQ==" }, metadata: { labels: { app: "x" } } });
    const body = { metadata: { labels: { app: null, tier: "y" } }, data: { gone: null, added: "Mg==" } };
    const patched = await transport.send<ContractSecret>({ verb: "patch", ...at("a"), body });
    assert.deepEqual(patched.data, { kept: "MQ==", added: "Mg==" });
    assert.deepEqual(patched.metadata.labels, { tier: "y" });
    assert.equal(patched.metadata.uid, created.metadata.uid);
  }),
  transportCase("carries out a JSON patch, or none of it", async ({ transport, at, create, get }) => {
    await create("a", { data: { step: "MQ==" } });
    const patch = (body: unknown) =>
      transport.send<ContractSecret>({ verb: "patch", patchType: "json", ...at("a"), body });
    const steps = [
      { op: "test", path: "/data/step", value: "MQ==" },
      { op: "replace", path: "/data/step", value: "Mg==" },
      { op: "add", path: "/metadata/labels", value: { "a/b": "c" } },
    ];
    const patched = await patch(steps);
    assert.deepEqual(patched.data, { step: "Mg==" });
    assert.deepEqual(patched.metadata.labels, { "a/b": "c" });
    await assert.rejects(patch([{ op: "remove", path: "/data/step" }, steps[0]]), withCode("invalid_argument"));
    assert.deepEqual((await get("a")).data, { step: "Mg==" });
  }),
  transportCase("takes a strategic merge patch for a built-in kind", async ({ transport, at, create }) => {
    await create("a", { data: { step: "MQ==" }, metadata: { finalizers: ["contract.tenantry.test/first"] } });
    const patch = (body: object) =>
      transport.send<KubernetesObject>({ verb: "patch", patchType: "strategic", ...at("a"), body });
    // Finalizers are a set, which a strategic patch adds to and a merge patch would replace.
    const patched = await patch({ metadata: { finalizers: ["contract.tenantry.test/second"] } });
    assert.deepEqual([...(patched.metadata.finalizers ?? [])].sort(), [
      "contract.tenantry.test/first",
      "contract.tenantry.test/second",
    ]);
    await transport.send({ verb: "patch", ...at("a"), body: { metadata: { finalizers: null } } });
  }),
  transportCase("rejects a patch that names a stale version", async ({ transport, at, create }) => {
    const { metadata } = await create("a");
    const patch = (step: string) => {
      const body = { metadata: { resourceVersion: metadata.resourceVersion }, data: { step } };
      return transport.send({ verb: "patch", ...at("a"), body });
    };
    await patch("MQ==");
    await assert.rejects(patch("Mg=="), withCode("conflict"));
  }),
  transportCase("answers not_found for a patch of what is not there", async ({ transport, at }) => {
    await assert.rejects(transport.send({ verb: "patch", ...at("absent"), body: { data: {} } }), withCode("not_found"));
  }),
  transportCase("applies: creates, and writes nothing when repeated", async (space) => {
    const created = await apply(space, "one", { step: "MQ==" });
    assert.deepEqual(created.data, { step: "MQ==" });
    const owner = created.metadata.managedFields?.find(({ manager }) => manager === "one");
    assert.equal(owner?.operation, "Apply");
    const again = await apply(space, "one", { step: "MQ==" });
    assert.equal(again.metadata.resourceVersion, created.metadata.resourceVersion);
  }),
  transportCase("applies: removes what the manager no longer names, and nothing of another's", async (space) => {
    await apply(space, "one", { first: "MQ==", second: "MQ==" });
    await apply(space, "two", { third: "MQ==" });
    const applied = await apply(space, "one", { second: "MQ==" });
    assert.deepEqual(applied.data, { second: "MQ==", third: "MQ==" });
  }),
  transportCase("applies: refuses a field of another manager, naming it, and takes it with force", async (space) => {
    await apply(space, "one", { step: "MQ==" });
    await assert.rejects(apply(space, "two", { step: "Mg==" }), (error) => {
      assert.ok(isTenantryError(error));
      assert.equal(error.code, "conflict");
      assert.ok(error.violations.some(({ field, message }) => field.includes("data.step") && message.includes("one")));
      return true;
    });
    const forced = await apply(space, "two", { step: "Mg==" }, true);
    assert.deepEqual(forced.data, { step: "Mg==" });
    await assert.rejects(apply(space, "one", { step: "MQ==" }), withCode("conflict"));
  }),
  transportCase("applies: refuses a call without a field manager", async ({ transport, at, namespace }) => {
    await assert.rejects(
      transport.send({ verb: "apply", ...at("a"), body: secret(namespace, "a") }),
      withCode("invalid_argument"),
    );
  }),
];

function apply({ transport, at, namespace }: ContractSpace, fieldManager: string, data: object, force?: boolean) {
  const body = secret(namespace, "a", { data });
  return transport.send<ContractSecret>({ verb: "apply", ...at("a"), fieldManager, force, body });
}
