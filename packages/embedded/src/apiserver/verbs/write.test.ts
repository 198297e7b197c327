import { type KubernetesObject, NAMESPACES, type Resource } from "@tenantry/sdk";
import { describe, expect, test } from "vitest";
import { configMapCalls } from "../../../test/support/config-maps.js";
import { failure, message } from "../../../test/support/failure.js";
import { useApiServer } from "../../../test/support/use-api-server.js";

const SERVICES: Resource = { group: "", version: "v1", plural: "services", kind: "Service", scope: "Namespaced" };

const api = useApiServer();
const { send, create, get } = configMapCalls(api);

describe("create", () => {
  test("sets what the server decides and wipes what a client may not", async () => {
    const made = await create("a", {
      uid: "mine",
      creationTimestamp: "2000-01-01T00:00:00Z",
      generation: 7,
      deletionTimestamp: "2000-01-01T00:00:00Z",
    });
    expect(made).toMatchObject({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "default", resourceVersion: String(api.store.revision()) },
    });
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(made.metadata.creationTimestamp).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(made.metadata.creationTimestamp).not.toBe("2000-01-01T00:00:00Z");
    expect(made.metadata.generation).toBeUndefined();
    expect(made.metadata.deletionTimestamp).toBeUndefined();
    expect(await get("a")).toEqual(made);
  });

  test("isolates what is stored from what callers hold", async () => {
    const body = { metadata: { name: "a" }, data: { k: "v" } };
    const made = (await send("create", { body })) as { data: Record<string, string> };
    body.data.k = "changed";
    made.data.k = "changed";
    expect((await get("a")).data).toEqual({ k: "v" });
  });

  test("leaves the caller's own body as it was", async () => {
    const metadata = { name: "s", labels: { a: "b" }, foo: 1 };
    const body = { metadata, spec: { ports: [{ port: 1 }] }, nonsense: true };
    const before = structuredClone(body);
    await send("create", { body }, SERVICES);
    await send("update", { name: "s", body }, SERVICES);
    await send("patch", { name: "s", body }, SERVICES);
    expect(body).toEqual(before);
  });

  test("refuses duplicates, a missing namespace, a resourceVersion and a missing name", async () => {
    await create("a");
    expect(await failure(create("a"))).toMatchObject({
      code: "already_exists",
      resource: { kind: "ConfigMap", name: "a" },
    });
    expect(await message(create("a"))).toBe('configmaps "a" already exists');
    expect(await failure(create("b", {}, { namespace: "nope" }))).toMatchObject({
      code: "not_found",
      message: '[not_found] namespaces "nope" not found',
    });
    expect(await message(create("b", { resourceVersion: "1" }))).toBe(
      "resourceVersion should not be set on objects to be created",
    );
    expect(await message(send("create", { body: {} }))).toBe(
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    );
  });

  test("generates names of the given prefix", async () => {
    const made = await send("create", { body: { metadata: { generateName: "job-" } } });
    expect(made.metadata.name).toMatch(/^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(made.metadata.generateName).toBe("job-");
  });

  test("checks names, labels, annotations, finalizers and owners in Kubernetes' words", async () => {
    expect(await message(create("A_b"))).toBe(
      "ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    );
    expect(await message(create("a", { labels: { "-": "x y" } }))).toMatch(
      /^ConfigMap "a" is invalid: \[metadata.labels: Invalid value: "-": name part must consist of .*, metadata.labels: Invalid value: "x y": a valid label must be an empty string or consist of/,
    );
    expect(await message(create("a", { annotations: { a: "x".repeat(300_000) } }))).toContain(
      "metadata.annotations: Too long: may not be more than 262144 bytes",
    );
    expect(await message(create("a", { finalizers: ["orphan", "foregroundDeletion"] }))).toContain(
      "finalizer orphan and foregroundDeletion cannot be both set",
    );
    expect(
      await message(create("a", { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "x" }] })),
    ).toContain("metadata.ownerReferences[0].uid: Required value: must not be empty");
    expect(await message(send("create", { body: { metadata: { name: "a.b" } } }, NAMESPACES))).toContain(
      "must not contain dots",
    );
  });

  test("answers a body of any shape with an error, never a crash", async () => {
    for (const body of [
      undefined,
      null,
      1,
      "x",
      [],
      { metadata: 1 },
      { metadata: { name: 1 } },
      { metadata: { labels: { a: 1 } } },
      { kind: 5 },
      { metadata: { name: "a" }, data: 1 },
      { metadata: { name: "a" }, data: { k: 1 } },
      { metadata: { name: "a", finalizers: [null] } },
      { apiVersion: "v2", metadata: { name: "a" } },
      { kind: "Secret", metadata: { name: "a" } },
    ]) {
      expect((await failure(send("create", { body }))).code, JSON.stringify(body)).toBe("invalid_argument");
    }
  });

  test("with dryRun answers as if written and writes nothing", async () => {
    const revision = api.store.revision();
    const made = await create("a", {}, { dryRun: true });
    expect(made.metadata.uid).toBeDefined();
    expect(made.metadata.resourceVersion).toBeUndefined();
    expect(api.store.revision()).toBe(revision);
    await create("a");
    expect((await failure(create("a", {}, { dryRun: true }))).code).toBe("already_exists");
  });

  test("tells of unknown fields, or refuses them", async () => {
    const warnings: string[] = [];
    const body = { metadata: { name: "a", foo: 1 }, dta: {} };
    const made = await send("create", { body, onWarning: (text) => warnings.push(text) });
    expect(warnings).toEqual(['unknown field "metadata.foo"', 'unknown field "dta"']);
    expect(made).not.toHaveProperty("dta");
    expect(await message(send("create", { body, fieldValidation: "Strict" }))).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.foo", unknown field "dta"',
    );
  });
});

describe("update and patch", () => {
  test("refuse a stale write and keep the stored object", async () => {
    const old = await create("a");
    const now = await send("update", { name: "a", body: { ...old, data: { k: "2" } } });
    expect(Number(now.metadata.resourceVersion)).toBeGreaterThan(Number(old.metadata.resourceVersion));
    const stale = await failure(send("update", { name: "a", body: { ...old, data: { k: "3" } } }));
    expect(stale).toMatchObject({ code: "conflict", reason: "Conflict" });
    expect(stale.message).toBe(
      '[conflict] Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    );
    expect((await failure(send("patch", { name: "a", body: { metadata: { resourceVersion: "2" } } }))).code).toBe(
      "conflict",
    );
    expect((await get("a")).data).toEqual({ k: "2" });
  });

  test("of two concurrent updates of one version exactly one wins", async () => {
    const old = await create("a");
    const results = await Promise.allSettled(
      ["1", "2"].map((k) => send("update", { name: "a", body: { ...old, data: { k } } })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("concurrent patches without a version all take effect", async () => {
    await create("a");
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => send("patch", { name: "a", body: { data: { [`k${index}`]: "x" } } })),
    );
    expect(Object.keys((await get("a")).data ?? {})).toHaveLength(21);
  });

  test("change nothing and tell nobody when nothing changes", async () => {
    const old = await create("a");
    const revision = api.store.revision();
    expect(await send("update", { name: "a", body: old })).toEqual(old);
    expect(await send("patch", { name: "a", body: { data: { k: "v" } } })).toEqual(old);
    expect(api.store.revision()).toBe(revision);
  });

  test("keep what only the server sets", async () => {
    const old = await create("a");
    const body = {
      metadata: { name: "a", uid: old.metadata.uid, creationTimestamp: "2000-01-01T00:00:00Z", labels: { a: "b" } },
    };
    const now = await send("update", { name: "a", body });
    expect(now.metadata).toMatchObject({
      uid: old.metadata.uid,
      creationTimestamp: old.metadata.creationTimestamp,
      labels: { a: "b" },
    });
    expect(now.data).toBeUndefined();
    expect((await failure(send("update", { name: "a", body: { metadata: { name: "a", uid: "other" } } }))).code).toBe(
      "conflict",
    );
    expect(await message(send("update", { name: "a", body: { metadata: { name: "b" } } }))).toBe(
      "the name of the object (b) does not match the name on the URL (a)",
    );
    expect(await message(send("patch", { name: "a", body: { metadata: { name: "b" } } }))).toContain(
      "does not match the name on the URL",
    );
    expect((await failure(send("update", { name: "zz", body: { metadata: { name: "zz" } } }))).code).toBe("not_found");
  });

  test("a JSON patch happens whole or not at all", async () => {
    await create("a");
    const body = [
      { op: "add", path: "/data/l", value: "2" },
      { op: "test", path: "/data/k", value: "wrong" },
    ];
    expect(await message(send("patch", { name: "a", patchType: "json", body }))).toBe(
      "the server rejected our request due to an error in our request",
    );
    expect((await get("a")).data).toEqual({ k: "v" });
    const done = await send("patch", {
      name: "a",
      patchType: "json",
      body: [{ op: "replace", path: "/data/k", value: "2" }],
    });
    expect(done.data).toEqual({ k: "2" });
    expect(
      await message(
        send("patch", { name: "a", patchType: "json", body: [{ op: "add", path: "/__proto__/x", value: 1 }] }),
      ),
    ).toContain("rejected our request");
    const bomb = [
      { op: "add", path: "/data/x", value: "y".repeat(100_000) },
      ...Array.from({ length: 200 }, (_, index) => ({ op: "copy", from: "/data/x", path: `/data/x${index}` })),
    ];
    expect(await message(send("patch", { name: "a", patchType: "json", body: bomb }))).toContain(
      "rejected our request",
    );
  });

  test("a strategic patch merges keyed lists and obeys its directives", async () => {
    const body = {
      metadata: { name: "s" },
      spec: {
        ports: [
          { name: "a", port: 1 },
          { name: "b", port: 2 },
        ],
      },
    };
    await send("create", { body }, SERVICES);
    const patch = {
      spec: {
        ports: [
          { port: 2, $patch: "delete" },
          { port: 1, name: "z" },
          { port: 3, name: "c" },
        ],
      },
    };
    const after = await send<KubernetesObject & { spec: object }>(
      "patch",
      { name: "s", patchType: "strategic", body: patch },
      SERVICES,
    );
    expect(after.spec).toMatchObject({
      ports: [
        { name: "z", port: 1, protocol: "TCP" },
        { name: "c", port: 3 },
      ],
    });
  });
});
