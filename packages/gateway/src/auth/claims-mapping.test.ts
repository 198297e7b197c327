import { subjectKey } from "@tenantry/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClaimsMapping, checkClaimsMapping, MAX_GRANTED_NAMESPACES, readGrants } from "./claims-mapping.js";

const NAMESPACES: ClaimsMapping = { namespaces: "namespaces" };
const granted = (claims: Record<string, unknown>, mapping: ClaimsMapping = NAMESPACES) =>
  Object.fromEntries(readGrants(claims, mapping).namespaces);

test("S089 grants each namespace its own roles", () => {
  const claims = { namespaces: { "team-a": ["namespace-reader"], "team-b": ["namespace-admin", "auditor"] } };
  expect(granted(claims)).toEqual({ "team-a": ["namespace-reader"], "team-b": ["namespace-admin", "auditor"] });
});

test.each(["*", "all.*", ".*", "tenant-*", "", "Team-A", "team a", "-a", "a".repeat(64)])(
  "S079 takes no wildcard and no odd name for a namespace: %j",
  (name) => {
    const claims = { namespaces: { [name]: ["namespace-admin"] }, groups: [`tenantry:${name}:namespace-admin`] };
    expect(granted(claims, { ...NAMESPACES, groups: { claim: "groups", prefix: "tenantry" } })).toEqual({});
  },
);

test.each([
  "*",
  ["*"],
  "team-a,team-b",
  "team-a team-b",
  1,
  null,
  true,
  [["team-a", ["x"]]],
  { "team-a": "namespace-admin" },
])("S080 grants nothing by a claim of another form: %j", (value) => {
  expect(granted({ namespaces: value })).toEqual({});
});

test("reads a claim inside another, and S083 never a claim whose name spells that path", () => {
  const mapping = { namespaces: ["realm_access", "roles"] };
  expect(granted({ realm_access: { roles: { "team-a": ["r"] } } }, mapping)).toEqual({ "team-a": ["r"] });
  expect(granted({ "realm_access.roles": { "team-a": ["r"] } }, mapping)).toEqual({});
  expect(granted({ "https://example.com/ns": { "team-a": ["r"] } }, { namespaces: "https://example.com/ns" })).toEqual({
    "team-a": ["r"],
  });
});

test("S049 finds nothing that a claim inherits", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(granted({}, { namespaces: name })).toEqual({});
    expect(granted({ a: {} }, { namespaces: ["a", name] })).toEqual({});
  }
  Object.defineProperty(Object.prototype, "inherited", { value: { "team-a": ["r"] }, configurable: true });
  try {
    expect(granted({}, { namespaces: "inherited" })).toEqual({});
    expect(granted({ a: {} }, { namespaces: ["a", "inherited"] })).toEqual({});
  } finally {
    Reflect.deleteProperty(Object.prototype, "inherited");
  }
  const claims = JSON.parse('{"namespaces":{"__proto__":["x"],"constructor":["y"]}}');
  expect(readGrants(claims, NAMESPACES).namespaces).toEqual(new Map([["constructor", ["y"]]]));
});

test("reads groups and scopes by a literal prefix, and adds sources up", () => {
  const mapping: ClaimsMapping = {
    namespaces: "namespaces",
    groups: { claim: "groups", prefix: "tenantry" },
    scopes: { claim: "scope", prefix: "db" },
  };
  const claims = {
    namespaces: { "team-a": ["a"] },
    groups: [
      "tenantry:team-a:b",
      "tenantry:team-b:c",
      "Tenantry:team-c:x",
      "other",
      "tenantry:team-c",
      "tenantry:t:r:x",
      7,
    ],
    scope: "openid db:team-a:d tenantry:team-c:x",
  };
  expect(granted(claims, mapping)).toEqual({ "team-a": ["a", "b", "d"], "team-b": ["c"] });
});

test("reads account roles from a claim of their own", () => {
  const grants = readGrants(
    { account: ["account-reader", 1, ""], namespaces: {} },
    { ...NAMESPACES, account: "account" },
  );
  expect(grants.account).toEqual(["account-reader"]);
});

test("S082 refuses a token for too many namespaces whole", () => {
  const names = Array.from({ length: MAX_GRANTED_NAMESPACES + 1 }, (_, index) => [`team-${index}`, ["r"]]);
  expect(() => readGrants({ namespaces: Object.fromEntries(names) }, NAMESPACES)).toThrow(RangeError);
  expect(readGrants({ namespaces: Object.fromEntries(names.slice(1)) }, NAMESPACES).namespaces.size).toBe(1_000);
});

test("grants by groups exactly what the map form grants", () => {
  const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
  const role = fc.stringMatching(/^[a-z][a-z-]{0,20}$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.uniqueArray(role, { minLength: 1 })), (namespaces) => {
      const groups = Object.entries(namespaces).flatMap(([ns, roles]) => roles.map((one) => `tenantry:${ns}:${one}`));
      const byGroups = readGrants({ groups }, { groups: { claim: "groups", prefix: "tenantry" } });
      expect(byGroups).toEqual(readGrants({ namespaces }, NAMESPACES));
    }),
  );
});

test("never throws but for too many, whatever a token holds", () => {
  const mapping: ClaimsMapping = {
    namespaces: ["a", "b"],
    account: "c",
    groups: { claim: "a", prefix: "p" },
    scopes: { claim: "b", prefix: "p" },
  };
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue()), (claims) => {
      readGrants(claims, mapping);
    }),
  );
});

test("S085 keeps subjects apart, however their names are spelled", () => {
  const subject = fc.record({
    kind: fc.constantFrom("user" as const, "serviceIdentity" as const),
    issuer: fc.string(),
    name: fc.string(),
  });
  fc.assert(
    fc.property(subject, subject, (a, b) => {
      const same = a.kind === b.kind && a.issuer === b.issuer && a.name === b.name;
      expect(subjectKey(a) === subjectKey(b)).toBe(same);
    }),
  );
});

describe("configuration", () => {
  test.each<[ClaimsMapping, string]>([
    [{}, "claims: names no claim"],
    [{ namespaces: "" }, "claims.namespaces"],
    [{ namespaces: [] }, "claims.namespaces"],
    [{ account: ["a", ""] }, "claims.account"],
    [{ groups: { claim: "groups", prefix: "a:b" } }, "claims.groups.prefix"],
    [{ scopes: { claim: "scope", prefix: "" } }, "claims.scopes.prefix"],
  ])("%j is refused with its setting", (mapping, text) => {
    expect(() => checkClaimsMapping("claims", mapping)).toThrow(text);
  });
});
