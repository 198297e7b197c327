import type { Principal, Tenantry, TenantryClient } from "@tenantry/sdk";
import { type ConnectionLoader, createConnectionLoader } from "./provisioning/connection.loader.js";

/** All that a resolver can reach: one principal's client, for one request. There is no other way to the control plane. */
export interface GatewayContext {
  readonly tenantry: TenantryClient;
  /** Aborts when the client is gone or the request's time is spent. Pass it to every call. */
  readonly signal: AbortSignal;
  /** Made for this request: a shared loader would answer one tenant from what it read for another. */
  readonly connections: ConnectionLoader;
}

export function createContext(tenantry: Tenantry, principal: Principal, signal: AbortSignal): GatewayContext {
  const client = tenantry.as(principal);
  return { tenantry: client, signal, connections: createConnectionLoader(client, signal) };
}
