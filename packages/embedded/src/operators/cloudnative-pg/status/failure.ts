import { isTenantryError } from "@tenantry/sdk";
import { PHASE, type Phase } from "./phase.js";
import { UserActionNeeded } from "./user-action-needed.js";

export interface Failure {
  readonly phase: Phase;
  /** For people. Of a failure that nobody foresaw only the kind is told: its text might hold anything. */
  readonly reason: string;
}

/** What a failed attempt means for the cluster. */
export function describeFailure(error: unknown, working: Phase, callersHbaLine: (index: number) => number): Failure {
  if (error instanceof UserActionNeeded) return { phase: PHASE.waitingForUser, reason: error.message };
  if (!isTenantryError(error)) {
    return { phase: working, reason: `Unexpected failure (${error instanceof Error ? error.name : typeof error})` };
  }
  const message = error.message.replace(/^\[\w+\] /, "");
  if (error.code === "resource_exhausted") return { phase: PHASE.noDiskSpace, reason: message };
  if (error.code === "permission_denied") return { phase: PHASE.cannotCreateObjects, reason: message };
  if (error.code !== "invalid_argument") return { phase: working, reason: message };
  const fields = error.violations.map(({ field, message: why }) => `${toSpecPath(field, callersHbaLine)}: ${why}`);
  return { phase: PHASE.invalidDefinition, reason: fields.length === 0 ? message : fields.join("; ") };
}

/** The runtime names fields of what it was given; people wrote them in the spec. */
function toSpecPath(field: string, callersHbaLine: (index: number) => number): string {
  if (!field.startsWith("postgresql.")) return field;
  return `spec.${field.replace(/^postgresql\.pg_hba\[(\d+)\]/, (_, index) => `postgresql.pg_hba[${callersHbaLine(Number(index))}]`)}`;
}
