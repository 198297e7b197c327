import { isTenantryError } from "../errors/tenantry-error.js";
import type { Transport, TransportRequest } from "../transport/transport.js";
import type { KubernetesObject } from "./object.js";

/** One object, or undefined when there is none. */
export async function getIfPresent<T extends KubernetesObject>(
  transport: Transport,
  request: Omit<TransportRequest, "verb">,
): Promise<T | undefined> {
  try {
    return await transport.send<T>({ ...request, verb: "get" });
  } catch (error) {
    if (isTenantryError(error) && error.code === "not_found") return undefined;
    throw error;
  }
}
