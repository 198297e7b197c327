import { invalidArgument } from "../errors/tenantry-error.js";
import { isPermission, PERMISSIONS, type Permission } from "./permission.js";

/** A named set of permissions. */
export type Roles = ReadonlyMap<string, ReadonlySet<Permission>>;

const READ: readonly Permission[] = ["clusters:get", "clusters:list", "clusters:watch", "connections:get"];

/**
 * The roles that exist without configuration. `account-*` are meant to be granted for every namespace, `namespace-*` for one; what
 * they hold is the same, so the reach of a role is in the grant, never in its name.
 */
export const BASE_ROLES: Roles = new Map([
  ["account-admin", new Set(PERMISSIONS)],
  ["account-reader", new Set(READ)],
  ["namespace-admin", new Set(PERMISSIONS)],
  ["namespace-reader", new Set(READ)],
]);

/**
 * The base roles and the configured ones.
 * @throws TenantryError `invalid_argument` for an unknown permission or the name of a base role.
 */
export function defineRoles(custom: Readonly<Record<string, readonly string[]>> = {}): Roles {
  const roles = new Map(BASE_ROLES);
  for (const [name, permissions] of Object.entries(custom)) {
    if (BASE_ROLES.has(name))
      throw invalidArgument(`roles.${name}`, "is a base role and cannot be redefined; choose another name");
    const unknown = permissions.find((permission) => !isPermission(permission));
    if (unknown !== undefined) {
      throw invalidArgument(`roles.${name}`, `"${unknown}" is no permission; there are ${PERMISSIONS.join(", ")}`);
    }
    roles.set(name, new Set(permissions.filter(isPermission)));
  }
  return roles;
}
