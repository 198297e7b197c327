import type { KubernetesList } from "@tenantry/sdk";
import { describe, expect, test } from "vitest";
import { configMapCalls } from "../../../test/support/config-maps.js";
import { failure, message } from "../../../test/support/failure.js";
import { useApiServer } from "../../../test/support/use-api-server.js";

const { send, create, get } = configMapCalls(useApiServer());

describe("delete", () => {
  test("answers with a Status, once", async () => {
    const { metadata } = await create("a");
    expect(await send("delete", { name: "a" })).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: { name: "a", kind: "configmaps", uid: metadata.uid },
    });
    expect(await message(send("delete", { name: "a" }))).toBe('configmaps "a" not found');
  });

  test("waits for finalizers, lets none be added, and goes with the last", async () => {
    await create("a", { finalizers: ["example.com/hold"] });
    const waiting = await send("delete", { name: "a" });
    expect(waiting.metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: ["example.com/hold"] });
    expect(await send("delete", { name: "a" })).toEqual(waiting);
    expect(
      await message(
        send("patch", { name: "a", body: { metadata: { finalizers: ["example.com/hold", "example.com/more"] } } }),
      ),
    ).toContain(
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
    );
    expect(await message(create("a"))).toBe('object is being deleted: configmaps "a" already exists');
    await send("patch", { name: "a", body: { metadata: { finalizers: null } } });
    expect((await failure(get("a"))).code).toBe("not_found");
  });

  test("obeys preconditions", async () => {
    const { metadata } = await create("a");
    expect(await message(send("delete", { name: "a", body: { preconditions: { uid: "x" } } }))).toBe(
      `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (x) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
    expect(await message(send("delete", { name: "a", body: { preconditions: { resourceVersion: "1" } } }))).toContain(
      "the ResourceVersion in the precondition (1)",
    );
    expect(await message(send("delete", { name: "a", body: { propagationPolicy: "X" } }))).toContain(
      'propagationPolicy: Unsupported value: "X": supported values: "Foreground", "Background", "Orphan", "nil"',
    );
    await send("delete", { name: "a", dryRun: true });
    await send("delete", {
      name: "a",
      body: { kind: "DeleteOptions", apiVersion: "v1", preconditions: { uid: metadata.uid } },
    });
  });

  test("of a collection obeys selectors and answers with what went", async () => {
    await create("a", { labels: { x: "1" } });
    await create("b", { labels: { x: "2" } });
    const gone = await send<KubernetesList>("deletecollection", { labelSelector: "x=1" });
    expect(gone.items.map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect((await send<KubernetesList>("list")).items).toHaveLength(1);
  });
});
