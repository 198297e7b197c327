import { isAllowed } from "./access/authorize.js";
import type { Permission } from "./access/permission.js";
import type { Principal } from "./access/principal.js";
import { BASE_ROLES, type Roles } from "./access/role.js";
import { NamespaceSession } from "./access/session.js";
import { invalidArgument } from "./errors/tenantry-error.js";
import { dns1123LabelProblem } from "./kubernetes/dns-label.js";
import type { ClusterCapabilities, ClusterProvider } from "./providers/provider.js";
import { Clusters } from "./provisioning/clusters.js";
import { parseOperationId } from "./provisioning/operation-id.js";
import { Operations } from "./provisioning/operations.js";
import type { Transport } from "./transport/transport.js";

export interface TenantryOptions<C extends ClusterCapabilities> {
  /** How the control plane is reached: `createKubeconfigTransport`, or the `transport` of an embedded plane. */
  readonly transport: Transport;
  /** One operator a primitive: they compose. */
  readonly providers: { readonly clusters: ClusterProvider<C> };
  /** {@link BASE_ROLES} when absent; see `defineRoles` for more. */
  readonly roles?: Roles | undefined;
}

/** The control plane, for nobody yet: {@link Tenantry.as} says for whom. */
export interface Tenantry<C extends ClusterCapabilities = ClusterCapabilities> {
  /** What this principal may do and nothing else. Costs nothing: make one a request. */
  as(principal: Principal): TenantryClient<C>;
}

export interface TenantryClient<C extends ClusterCapabilities = ClusterCapabilities> {
  readonly principal: Principal;
  /** Whether a call that needs `permission` would be let through. Tells nothing about what exists. */
  may(permission: Permission, namespace: string): boolean;
  /** @throws TenantryError `invalid_argument` for what can be no namespace's name. Whether it exists is not looked up. */
  namespace(name: string): NamespaceClient<C>;
  /** Long work by its id alone, in whichever namespace it goes on. */
  readonly operations: Pick<Operations, "get" | "follow">;
}

export interface NamespaceClient<C extends ClusterCapabilities = ClusterCapabilities> {
  readonly namespace: string;
  readonly clusters: Clusters<C>;
  readonly operations: Operations;
}

/** Builds the SDK over a transport and its operators. No I/O happens before the first call. */
export function createTenantry<const C extends ClusterCapabilities>({
  transport,
  providers,
  roles = BASE_ROLES,
}: TenantryOptions<C>): Tenantry<C> {
  function as(principal: Principal): TenantryClient<C> {
    function namespace(name: string): NamespaceClient<C> {
      const problem = dns1123LabelProblem(name);
      if (problem !== undefined) throw invalidArgument("namespace", problem);
      const session = new NamespaceSession(transport, principal, roles, name);
      const operations = new Operations(session, providers.clusters);
      return { namespace: name, clusters: new Clusters(session, providers.clusters, operations), operations };
    }
    const operationsOf = (id: string) => namespace(parseOperationId(id).namespace).operations;
    return {
      principal,
      may: (permission, name) =>
        (principal.expiresAt === undefined || principal.expiresAt > new Date()) &&
        isAllowed(principal, roles, permission, name),
      namespace,
      operations: {
        get: async (id, options) => operationsOf(id).get(id, options),
        follow: (id, options) => operationsOf(id).follow(id, options),
      },
    };
  }
  return { as };
}
