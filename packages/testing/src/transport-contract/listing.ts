import assert from "node:assert/strict";
import type { KubernetesList, TransportRequest } from "@tenantry/sdk";
import { SECRETS } from "@tenantry/sdk";
import { type ContractSpace, type TransportCase, transportCase, withCode } from "./transport-case.js";

/** Lists, selectors and pages. */
export const listingCases: readonly TransportCase[] = [
  transportCase("lists nothing as an empty array with a version", async (space) => {
    const page = await list(space);
    assert.deepEqual(page.items, []);
    assert.equal(page.kind, "SecretList");
    assert.ok(Number(page.metadata.resourceVersion) > 0);
  }),
  transportCase("lists in the order of names", async (space) => {
    for (const name of ["b", "a.b", "c", "a"]) await space.create(name);
    assert.deepEqual(await names(space), ["a", "a.b", "b", "c"]);
  }),
  transportCase("lists nothing of another namespace, and all of them where none is named", async (space) => {
    const { create, namespace } = space;
    await create("a", { metadata: { labels: { contract: namespace } } });
    assert.deepEqual(await names(space, { namespace: `${namespace}-other` }), []);
    assert.deepEqual(await names(space, { namespace: undefined, labelSelector: `contract=${namespace}` }), ["a"]);
  }),
  transportCase("selects by labels", async (space) => {
    await space.create("none");
    await space.create("x", { metadata: { labels: { app: "x", tier: "1" } } });
    await space.create("y", { metadata: { labels: { app: "y" } } });
    const expected: Readonly<Record<string, readonly string[]>> = {
      "app=x": ["x"],
      "app==x": ["x"],
      "app!=x": ["none", "y"],
      app: ["x", "y"],
      "!app": ["none"],
      "app in (x, y)": ["x", "y"],
      "app notin (x)": ["none", "y"],
      "app,tier=1": ["x"],
    };
    for (const [labelSelector, found] of Object.entries(expected)) {
      assert.deepEqual(await names(space, { labelSelector }), found, labelSelector);
    }
  }),
  transportCase("selects by fields", async (space) => {
    await space.create("a");
    await space.create("b");
    assert.deepEqual(await names(space, { fieldSelector: "metadata.name=b" }), ["b"]);
    assert.deepEqual(await names(space, { fieldSelector: "metadata.name!=b" }), ["a"]);
    assert.deepEqual(await names(space, { fieldSelector: `metadata.namespace=${space.namespace}` }), ["a", "b"]);
  }),
  transportCase("refuses a selector that it does not understand", async (space) => {
    await assert.rejects(list(space, { labelSelector: "app in (x" }), withCode("invalid_argument"));
    await assert.rejects(list(space, { fieldSelector: "data.step=1" }), withCode("invalid_argument"));
  }),
  transportCase("pages through the state of the first page, whatever is written meanwhile", async (space) => {
    for (const name of ["a", "b", "c", "d", "e"]) await space.create(name);
    const first = await list(space, { limit: 2 });
    assert.deepEqual(
      first.items.map(({ metadata }) => metadata.name),
      ["a", "b"],
    );
    assert.equal(first.metadata.remainingItemCount, 3);
    await space.create("bb");
    await space.transport.send({ verb: "delete", ...space.at("d") });
    const second = await list(space, { limit: 2, continue: first.metadata.continue });
    assert.deepEqual(
      second.items.map(({ metadata }) => metadata.name),
      ["c", "d"],
    );
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    const third = await list(space, { limit: 2, continue: second.metadata.continue });
    assert.deepEqual(
      third.items.map(({ metadata }) => metadata.name),
      ["e"],
    );
    assert.ok(!third.metadata.continue);
    assert.deepEqual(await names(space), ["a", "b", "bb", "c", "e"]);
  }),
  transportCase("refuses a continue token that it did not make", async (space) => {
    await assert.rejects(list(space, { limit: 2, continue: "nonsense" }), withCode("invalid_argument"));
  }),
  transportCase("lists the state at an exact version", async (space) => {
    await space.create("a");
    const { metadata } = await list(space);
    await space.create("b");
    const { resourceVersion } = metadata;
    assert.deepEqual(await names(space, { resourceVersion, resourceVersionMatch: "Exact" }), ["a"]);
    // At least as new: a cache may not have seen the second one yet.
    assert.ok((await names(space, { resourceVersion, resourceVersionMatch: "NotOlderThan" })).includes("a"));
  }),
];

function list(
  { transport, namespace }: ContractSpace,
  options: Partial<TransportRequest> = {},
): Promise<KubernetesList> {
  return transport.send({ verb: "list", resource: SECRETS, namespace, ...options });
}

async function names(space: ContractSpace, options?: Partial<TransportRequest>): Promise<(string | undefined)[]> {
  return (await list(space, options)).items.map(({ metadata }) => metadata.name);
}
