import { TenantryError } from "../errors/tenantry-error.js";
import type { Permission } from "./permission.js";
import type { Principal } from "./principal.js";
import type { Roles } from "./role.js";

/** Whether `principal` holds `permission` in `namespace`. A role that is not defined gives nothing. */
export function isAllowed(principal: Principal, roles: Roles, permission: Permission, namespace: string): boolean {
  const holds = (role: string) => roles.get(role)?.has(permission) === true;
  return principal.account.some(holds) || (principal.namespaces.get(namespace) ?? []).some(holds);
}

/**
 * Refuses what the principal may not do. The text is a function of the request alone and the decision falls before any read, so
 * an answer never tells whether the thing exists.
 * @throws TenantryError `unauthenticated` after expiry, `permission_denied` otherwise.
 */
export function authorize(
  principal: Principal,
  roles: Roles,
  permission: Permission,
  namespace: string,
  now: Date,
): void {
  if (principal.expiresAt !== undefined && principal.expiresAt <= now) {
    throw expired();
  }
  if (!isAllowed(principal, roles, permission, namespace)) {
    throw new TenantryError("permission_denied", `permission "${permission}" is needed in namespace "${namespace}"`, {
      reason: "Forbidden",
    });
  }
}

export function expired(): TenantryError {
  return new TenantryError("unauthenticated", "the credentials have expired; sign in again", { reason: "Expired" });
}
