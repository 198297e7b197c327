import type { Clusters, Transport } from "@tenantry/sdk";

/** What each act of the scenario works with. */
export interface Stage {
  readonly transport: Transport;
  readonly namespace: string;
  readonly clusters: Clusters;
  /** Of the operator. */
  readonly sources: string;
  readonly signal: AbortSignal;
}
