import { TenantryError } from "../errors/tenantry-error.js";
import type { KubernetesObject } from "../kubernetes/object.js";
import type { TransportMiddleware, TransportRequest, WatchRequest } from "./transport.js";

/** Confines every call to one tenant's namespace and refuses cluster-scoped resources, before any I/O. */
export function scopeToNamespace(namespace: string): TransportMiddleware {
  function confine<R extends TransportRequest | WatchRequest>(request: R): R {
    const { resource, namespace: requested = namespace } = request;
    if (resource.scope !== "Namespaced" || requested !== namespace) {
      throw new TenantryError("permission_denied", `${resource.kind} is outside namespace "${namespace}"`);
    }
    return { ...request, namespace };
  }
  return (next) => ({
    send: async (request) => next.send(confine(request)),
    async *watch<T extends KubernetesObject>(request: WatchRequest) {
      yield* next.watch<T>(confine(request));
    },
  });
}
