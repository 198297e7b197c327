import { expect, it } from "vitest";
import { FINALIZER } from "./cluster-object.js";
import { holdForRemoval } from "./hold-for-removal.js";

function held(metadata: object): readonly string[] | undefined {
  const object = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata };
  return holdForRemoval.mutate({ operation: "create", object, oldObject: undefined }).metadata.finalizers;
}

it("adds the finalizer once, beside those of others", () => {
  expect(held({})).toEqual([FINALIZER]);
  expect(held({ finalizers: ["example.test/keep", FINALIZER] })).toEqual(["example.test/keep", FINALIZER]);
});

it("lets go of what is being deleted", () => {
  expect(held({ deletionTimestamp: "2026-01-01T00:00:00Z" })).toBeUndefined();
});
