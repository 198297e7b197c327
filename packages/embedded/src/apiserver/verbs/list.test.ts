import { type KubernetesList, SECRETS, type Secret } from "@tenantry/sdk";
import { describe, expect, test } from "vitest";
import { configMapCalls } from "../../../test/support/config-maps.js";
import { failure, message } from "../../../test/support/failure.js";
import { useApiServer } from "../../../test/support/use-api-server.js";

const api = useApiServer();
const { send, create } = configMapCalls(api);

describe("list", () => {
  test("pages through one snapshot while others write", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await create(name);
    const first = await send<KubernetesList>("list", { limit: 2 });
    expect(first.metadata.remainingItemCount).toBe(3);
    await send("delete", { name: "d" });
    await create("ca");
    const second = await send<KubernetesList>("list", { limit: 2, continue: first.metadata.continue });
    const third = await send<KubernetesList>("list", { limit: 2, continue: second.metadata.continue });
    expect([first, second, third].flatMap(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual([
      "a",
      "b",
      "c",
      "d",
      "e",
    ]);
    expect(new Set([first, second, third].map(({ metadata }) => metadata.resourceVersion)).size).toBe(1);
    expect(third.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
  });

  test("fills pages although a selector leaves most out", async () => {
    for (let index = 0; index < 30; index++)
      await create(`x${index + 10}`, { labels: { even: String(index % 7 === 0) } });
    const names: string[] = [];
    let next: string | undefined;
    do {
      const page: KubernetesList = await send<KubernetesList>("list", {
        limit: 2,
        labelSelector: "even=true",
        continue: next,
      });
      expect(page.items.length).toBeLessThanOrEqual(2);
      expect(page.metadata.remainingItemCount).toBeUndefined();
      names.push(...page.items.map(({ metadata }) => metadata.name ?? ""));
      next = page.metadata.continue;
    } while (next !== undefined);
    expect(names).toEqual(["x10", "x17", "x24", "x31", "x38"]);
  });

  test("refuses a token that is too old, and gives one to go on with", async () => {
    for (const name of ["a", "b", "c"]) await create(name);
    const first = await send<KubernetesList>("list", { limit: 1 });
    await create("d");
    await api.store.compact(api.store.revision());
    const error = await failure(send("list", { limit: 1, continue: first.metadata.continue }));
    expect(error).toMatchObject({ code: "expired", reason: "Expired" });
    expect(error.message).toContain("The provided continue parameter is too old to display a consistent list result.");
    expect(await message(send("list", { continue: "!" }))).toContain(
      "invalid continue token: continue key is not valid",
    );
    const forged = Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: 3, start: "../secrets/x\u0000" })).toString(
      "base64url",
    );
    expect(await message(send("list", { continue: forged }))).toContain("invalid continue token");
  });

  test("shows the past exactly, refuses the future and the forgotten", async () => {
    await create("a");
    const { metadata } = await send<KubernetesList>("list");
    await create("b");
    const at = { resourceVersion: metadata.resourceVersion, resourceVersionMatch: "Exact" } as const;
    expect((await send<KubernetesList>("list", at)).items).toHaveLength(1);
    expect(await message(send("list", { ...at, resourceVersion: "999" }))).toMatch(
      /^Timeout: Too large resource version: 999, current: \d+$/,
    );
    await api.store.compact(api.store.revision());
    expect(await message(send("list", at))).toBe("The resourceVersion for the provided list is too old.");
    expect(await message(send("list", { resourceVersion: "abc" }))).toContain(
      'invalid resource version: resourceVersion: Invalid value: "abc"',
    );
  });

  test("selects by fields and refuses those that it does not know", async () => {
    const secret = (name: string, type: string, data: object = {}) =>
      send<Secret>("create", { body: { metadata: { name }, type, stringData: data } }, SECRETS);
    await secret("a", "Opaque");
    await secret("b", "kubernetes.io/basic-auth", { username: "x" });
    const names = async (fieldSelector: string) =>
      (await send<KubernetesList>("list", { fieldSelector }, SECRETS)).items.map(({ metadata }) => metadata.name);
    expect(await names("type=Opaque")).toEqual(["a"]);
    expect(await names("type!=Opaque,metadata.namespace=default")).toEqual(["b"]);
    expect(await message(names("spec.foo=1"))).toBe("field label not supported: spec.foo");
  });
});

describe("Secrets", () => {
  test("take stringData, default their type, and check data without telling it", async () => {
    const made = await send<Secret>(
      "create",
      { body: { metadata: { name: "a" }, stringData: { p: "s3cret" }, data: { q: "eA==" } } },
      SECRETS,
    );
    expect(made).toMatchObject({ type: "Opaque", data: { p: Buffer.from("s3cret").toString("base64"), q: "eA==" } });
    expect(made).not.toHaveProperty("stringData");
    const plain = await failure(
      send("create", { body: { metadata: { name: "b" }, data: { p: "hunter2!" } } }, SECRETS),
    );
    expect(plain.message).toContain("illegal base64 data at input byte 7");
    expect(plain.message).not.toContain("hunter2");
    const typed = await failure(send("create", { body: { metadata: { name: "b" }, data: { p: 12345678 } } }, SECRETS));
    expect(typed.message).not.toContain("12345678");
    expect(
      await message(send("create", { body: { metadata: { name: "b" }, type: "kubernetes.io/tls" } }, SECRETS)),
    ).toBe('Secret "b" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]');
    expect(await message(send("patch", { name: "a", body: { type: "x" } }, SECRETS))).toBe(
      'Secret "a" is invalid: type: Invalid value: "x": field is immutable',
    );
    await send("patch", { name: "a", body: { immutable: true } }, SECRETS);
    expect(await message(send("patch", { name: "a", body: { data: { q: null } } }, SECRETS))).toBe(
      'Secret "a" is invalid: data: Forbidden: field is immutable when `immutable` is set',
    );
  });
});
