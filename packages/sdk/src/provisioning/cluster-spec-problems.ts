import type { FieldViolation } from "../errors/tenantry-error.js";
import { dns1035LabelProblem } from "../kubernetes/dns-label.js";
import { parseQuantity } from "../kubernetes/quantity.js";
import type { ClusterSpec } from "./cluster.js";

/** CloudNativePG appends suffixes to the name; every operator that we know fits under its limit. */
export const MAX_CLUSTER_NAME_LENGTH = 50;

/** PostgreSQL truncates identifiers beyond this many bytes (NAMEDATALEN - 1) without a word. */
const MAX_IDENTIFIER_BYTES = 63;

/** Everything that is wrong with a name and a spec whichever operator is meant, found before any call. */
export function clusterSpecProblems(name: string, spec: ClusterSpec): readonly FieldViolation[] {
  const problems: FieldViolation[] = [];
  const add = (field: string, message: string | undefined) => {
    if (message !== undefined) problems.push({ field, message });
  };
  add("name", dns1035LabelProblem(name, MAX_CLUSTER_NAME_LENGTH));
  add("storage.size", storageSizeProblem(spec.storage?.size));
  if (spec.instances !== undefined && (!Number.isInteger(spec.instances) || spec.instances < 1)) {
    add("instances", "must be a whole number of at least 1");
  }
  if (spec.postgresVersion !== undefined && (!Number.isInteger(spec.postgresVersion) || spec.postgresVersion < 13)) {
    add("postgresVersion", "must be a major version of PostgreSQL, 13 or later, for example 18");
  }
  add("database", identifierProblem(spec.database));
  add("owner", identifierProblem(spec.owner));
  for (const [parameter, value] of Object.entries(spec.parameters ?? {})) {
    add(`parameters.${parameter}`, parameterProblem(parameter, value));
  }
  spec.hba?.forEach((line, index) => {
    if (/[\r\n\0]/.test(line) || line.trim() === "") add(`hba[${index}]`, "must be one pg_hba.conf line");
  });
  return problems;
}

function storageSizeProblem(size: unknown): string | undefined {
  if (typeof size !== "string" || size === "") return "is required: a quantity such as 10Gi";
  const quantity = parseQuantity(size);
  if (quantity === undefined) return "must be a Kubernetes quantity, for example 10Gi or 500M";
  return quantity.isPositive ? undefined : "must be greater than zero";
}

function identifierProblem(identifier: string | undefined): string | undefined {
  if (identifier === undefined) return undefined;
  if (identifier === "") return "must not be empty; leave it out for the default";
  if (identifier.includes("\0")) return "must not hold a NUL character";
  if (new TextEncoder().encode(identifier).length > MAX_IDENTIFIER_BYTES) {
    return `must be no more than ${MAX_IDENTIFIER_BYTES} bytes, PostgreSQL's limit for identifiers`;
  }
  return undefined;
}

/** Source of the pattern: CloudNativePG api/v1, the webhook's rule for parameter names, which is PostgreSQL's own. */
const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/;

function parameterProblem(name: string, value: unknown): string | undefined {
  if (!PARAMETER_NAME.test(name)) return "is no name of a PostgreSQL parameter";
  if (typeof value !== "string") return 'must be a string: write numbers and booleans in quotes ("100", "on")';
  return /[\r\n\0]/.test(value) ? "must be a single line" : undefined;
}
