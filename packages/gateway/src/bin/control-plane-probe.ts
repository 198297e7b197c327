import { isTenantryError, type Resource, type Transport } from "@tenantry/sdk";
import type { ReadinessProbe } from "../http/health.js";

/**
 * Asks the API server for the operator's kind. A refusal is an answer as well: a gateway that may only read some namespaces is ready. An
 * unknown kind is none, as the operator is not installed.
 */
export function createControlPlaneProbe(transport: Transport, resource: Resource): ReadinessProbe {
  return async (signal) => {
    try {
      await transport.send({ verb: "list", resource, limit: 1, signal });
    } catch (error) {
      if (!isTenantryError(error) || error.code !== "permission_denied") throw error;
    }
  };
}
