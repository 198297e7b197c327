import assert from "node:assert/strict";
import { isTenantryError } from "@tenantry/sdk";
import { secret, type TransportCase, transportCase, withCode } from "./transport-case.js";

/** What holds for every call: warnings, validation of fields, aborts, copies, safe paths. */
export const callingCases: readonly TransportCase[] = [
  transportCase("tells the caller of each warning", async ({ transport, at, namespace }) => {
    const warnings: string[] = [];
    const body = secret(namespace, "a", { nonsense: true });
    await transport.send({
      verb: "create",
      ...at("a"),
      body,
      fieldValidation: "Warn",
      onWarning: (text) => warnings.push(text),
    });
    assert.deepEqual(warnings, ['unknown field "nonsense"']);
    const silent = { ...body, metadata: { name: "b", namespace } };
    await transport.send({
      verb: "create",
      ...at("b"),
      body: silent,
      fieldValidation: "Ignore",
      onWarning: (text) => warnings.push(text),
    });
    assert.equal(warnings.length, 1);
  }),
  transportCase(
    "refuses a field that is not there when asked to be strict",
    async ({ transport, at, namespace, get }) => {
      const body = secret(namespace, "a", { nonsense: true });
      const call = transport.send({ verb: "create", ...at("a"), body, fieldValidation: "Strict" });
      await assert.rejects(call, (error) => {
        assert.ok(isTenantryError(error) && error.code === "invalid_argument");
        assert.match(error.message, /unknown field "nonsense"/);
        return true;
      });
      await assert.rejects(get("a"), withCode("not_found"));
    },
  ),
  transportCase(
    "does nothing for a caller who has aborted already, and says so in the caller's words",
    async ({ transport, at, namespace, get }) => {
      const reason = new Error("the caller's own");
      const signal = AbortSignal.abort(reason);
      const call = transport.send({ verb: "create", ...at("a"), body: secret(namespace, "a"), signal });
      await assert.rejects(call, (error) => error === reason);
      await assert.rejects(get("a"), withCode("not_found"));
    },
  ),
  transportCase("shares nothing with the caller", async ({ transport, at, namespace, get }) => {
    const data: Record<string, string> = { step: "MQ==" };
    const call = transport.send<{ data: Record<string, string> }>({
      verb: "create",
      ...at("a"),
      body: secret(namespace, "a", { data }),
    });
    data.step = "Mg==";
    const created = await call;
    created.data.step = "Mw==";
    const read = (await get("a")).data as Record<string, string>;
    assert.deepEqual(read, { step: "MQ==" });
    read.step = "NA==";
    assert.deepEqual((await get("a")).data, { step: "MQ==" });
  }),
  transportCase("never leaves the namespace by way of a name", async ({ transport, at, namespace, create }) => {
    await create("a");
    for (const name of [`../../${namespace}/secrets/a`, "..", ".", "a/../a", `..%2F..%2F${namespace}%2Fsecrets%2Fa`]) {
      await assert.rejects(transport.send({ verb: "get", ...at(name), namespace: "default" }), (error) => {
        assert.ok(isTenantryError(error));
        assert.match(error.code, /^(invalid_argument|not_found)$/, name);
        return true;
      });
    }
  }),
  transportCase("says which object an error is about", async ({ get }) => {
    await assert.rejects(get("absent"), (error) => {
      assert.ok(isTenantryError(error));
      assert.equal(error.reason, "NotFound");
      assert.equal(error.resource?.name, "absent");
      return true;
    });
  }),
  transportCase("answers calls that run at once", async ({ create, get }) => {
    const names = Array.from({ length: 25 }, (_, i) => `a${i}`);
    await Promise.all(names.map((name) => create(name, { data: { name: Buffer.from(name).toString("base64") } })));
    const read = await Promise.all(names.map((name) => get(name)));
    assert.deepEqual(
      read.map(({ data }) => Buffer.from(data?.name ?? "", "base64").toString()),
      names,
    );
  }),
];
