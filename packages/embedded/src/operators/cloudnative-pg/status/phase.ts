/** What the operator calls the states of a cluster; clients compare these strings. Source: cloudnative-pg v1.30.0 api/v1/cluster_types.go. */
export const PHASE = {
  healthy: "Cluster in healthy state",
  settingUp: "Setting up primary",
  waitingForInstances: "Waiting for the instances to become active",
  applyingConfiguration: "Applying configuration",
  restartingInPlace: "Primary instance is being restarted in-place",
  waitingForUser: "Waiting for user action",
  noDiskSpace: "Not enough disk space",
  cannotCreateObjects: "Unable to create required cluster objects",
  invalidDefinition: "Invalid cluster definition",
} as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

/** Why a phase is on, where the operator always says the same. Source: cloudnative-pg v1.30.0 internal/controller. */
export function usualReason(phase: Phase, instance: string): string | undefined {
  if (phase === PHASE.settingUp) return `Creating primary instance ${instance}`;
  if (phase === PHASE.waitingForInstances) return "Some instances are not yet active. Please wait.";
  return undefined;
}
