import { isTenantryError } from "@tenantry/sdk";
import { expect, test } from "vitest";
import type { AuthOptions, IssuerOptions } from "./auth-options.js";
import { checkAuthOptions } from "./check-auth-options.js";

const GOOD: IssuerOptions = {
  issuer: "https://issuer.example",
  audience: "tenantry",
  algorithms: ["ES256"],
  jwks: { uri: "https://issuer.example/keys" },
  claims: { namespaces: "namespaces" },
};
const one = (options: object): AuthOptions => ({ issuers: [{ ...GOOD, ...options }] });

test("takes a good configuration", () => {
  expect(() => checkAuthOptions({ issuers: [GOOD, { ...GOOD, issuer: "https://other.example" }] })).not.toThrow();
  expect(() => checkAuthOptions(one({ jwks: { uri: "http://127.0.0.1:8080/keys" } }))).not.toThrow();
});

test.each<[string, AuthOptions, string]>([
  ["no issuer", { issuers: [] }, "auth.issuers"],
  ["S019 no algorithms", one({ algorithms: [] }), "auth.issuers[0].algorithms"],
  ["S019 algorithms left out", one({ algorithms: undefined }), "auth.issuers[0].algorithms"],
  ["S019 HS256 beside others", one({ algorithms: ["ES256", "HS256"] }), "auth.issuers[0].algorithms"],
  ["S019 none", one({ algorithms: ["none"] }), "auth.issuers[0].algorithms"],
  ["S043 no issuer name", one({ issuer: "" }), "auth.issuers[0].issuer"],
  ["no audience", one({ audience: undefined }), "auth.issuers[0].audience"],
  ["an issuer twice", { issuers: [GOOD, GOOD] }, "auth.issuers[1].issuer"],
  ["keys over plain HTTP", one({ jwks: { uri: "http://issuer.example/keys" } }), "auth.issuers[0].jwks.uri"],
  ["keys from no address", one({ jwks: { uri: "keys" } }), "auth.issuers[0].jwks.uri"],
  ["credentials in the address", one({ jwks: { uri: "https://a:b@issuer.example/" } }), "auth.issuers[0].jwks.uri"],
  ["two sources of keys", one({ jwks: { uri: "https://a.example", keys: [] } }), "auth.issuers[0].jwks"],
  ["no source of keys", one({ jwks: {} }), "auth.issuers[0].jwks"],
  ["an unknown token type", one({ tokenTypes: ["id"] }), "auth.issuers[0].tokenTypes"],
  ["no claims", one({ claims: undefined }), "auth.issuers[0].claims"],
  ["too much tolerance", { issuers: [GOOD], clockToleranceSeconds: 61 }, "auth.clockToleranceSeconds"],
  ["a text for a number", { issuers: [GOOD], maxLifetimeSeconds: "1h" as never }, "auth.maxLifetimeSeconds"],
])("refuses %s and names the setting", (_, options, setting) => {
  try {
    checkAuthOptions(options);
    expect.unreachable();
  } catch (error) {
    expect(isTenantryError(error) && error.violations[0]?.field).toBe(setting);
  }
});
