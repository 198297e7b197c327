import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTenantryError } from "../errors/tenantry-error.js";
import { authorize, isAllowed } from "./authorize.js";
import { PERMISSIONS } from "./permission.js";
import { type Principal, type Subject, subjectKey } from "./principal.js";
import { BASE_ROLES, defineRoles } from "./role.js";

function principal(grants: Record<string, readonly string[]>, more: Partial<Principal> = {}): Principal {
  return {
    subject: { kind: "user", issuer: "", name: "ada" },
    namespaces: new Map(Object.entries(grants)),
    account: [],
    ...more,
  };
}

describe("a namespace role", () => {
  test("holds in its namespace and nowhere else, for every permission", () => {
    const ada = principal({ "team-a": ["namespace-admin"] });
    for (const permission of PERMISSIONS) {
      expect(isAllowed(ada, BASE_ROLES, permission, "team-a")).toBe(true);
      expect(isAllowed(ada, BASE_ROLES, permission, "team-b")).toBe(false);
    }
  });

  test("of a reader reads, and neither writes nor reveals", () => {
    const ada = principal({ "team-a": ["namespace-reader"] });
    const allowed = PERMISSIONS.filter((permission) => isAllowed(ada, BASE_ROLES, permission, "team-a"));
    expect(allowed).toEqual(["clusters:get", "clusters:list", "clusters:watch", "connections:get"]);
  });

  test("that nobody defined gives nothing", () => {
    const ada = principal({ "team-a": ["constructor", "__proto__", "Namespace-Admin", "*"] });
    expect(PERMISSIONS.some((permission) => isAllowed(ada, BASE_ROLES, permission, "team-a"))).toBe(false);
  });
});

test("an account role holds in every namespace", () => {
  const ada = principal({}, { account: ["account-reader"] });
  expect(isAllowed(ada, BASE_ROLES, "clusters:list", "team-z")).toBe(true);
  expect(isAllowed(ada, BASE_ROLES, "clusters:create", "team-z")).toBe(false);
});

test("an empty grant means no namespace, not all of them", () => {
  expect(PERMISSIONS.some((permission) => isAllowed(principal({}), BASE_ROLES, permission, "team-a"))).toBe(false);
});

test("a namespace named like a wildcard is a name", () => {
  const ada = principal({ "*": ["namespace-admin"], "team-": ["namespace-admin"] });
  expect(isAllowed(ada, BASE_ROLES, "clusters:get", "team-a")).toBe(false);
});

test("an expired principal is unauthenticated, whatever it was granted", () => {
  const ada = principal({ "team-a": ["namespace-admin"] }, { expiresAt: new Date(1000) });
  const attempt = (now: number) => () => authorize(ada, BASE_ROLES, "clusters:get", "team-a", new Date(now));
  expect(attempt(999)).not.toThrow();
  expect(attempt(1000)).toThrow(expect.objectContaining({ code: "unauthenticated" }));
});

test("a denial's text is a function of the request alone", () => {
  try {
    authorize(principal({}), BASE_ROLES, "clusters:get", "team-a", new Date());
    expect.unreachable();
  } catch (error) {
    expect(isTenantryError(error) && error.message).toBe(
      '[permission_denied] permission "clusters:get" is needed in namespace "team-a"',
    );
  }
});

test("custom roles are checked when they are defined", () => {
  expect(defineRoles({ dba: ["credentials:reveal"] }).get("dba")).toEqual(new Set(["credentials:reveal"]));
  expect(() => defineRoles({ dba: ["clusters:own"] })).toThrow(/roles\.dba.*"clusters:own" is no permission/);
  expect(() => defineRoles({ "account-admin": [] })).toThrow(/base role/);
});

test("no two subjects share a key", () => {
  const subject = fc.record<Subject>({
    kind: fc.constantFrom("user", "serviceIdentity"),
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
