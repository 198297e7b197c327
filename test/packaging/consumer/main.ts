// A program of somebody who installed the packages: it sees what the archives hold and nothing of this repository.
import assert from "node:assert/strict";
import { isTenantryError, type Principal, TenantryError } from "@tenantry/sdk";

const alice: Principal = {
  subject: { kind: "user", issuer: "https://issuer.example", name: "alice" },
  namespaces: new Map([["team-a", ["namespace-admin"]]]),
  account: [],
};

const error: unknown = new TenantryError("not_found", `nothing for ${alice.subject.name}`);
assert.ok(isTenantryError(error));
assert.equal(error.code, "not_found");
assert.equal(error.httpStatus, 404);
