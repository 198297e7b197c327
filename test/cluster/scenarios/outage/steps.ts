import type { Cluster, ClusterSpec } from "@tenantry/sdk";

const STEP = "scenario.step";

/** A spec that differs from the one of any other step. */
export function specOfStep(step: number): ClusterSpec {
  return { storage: { size: "1Gi" }, parameters: { [STEP]: String(step) } };
}

export function stepOf({ spec }: Cluster): number {
  return Number(spec.parameters?.[STEP] ?? Number.NaN);
}
