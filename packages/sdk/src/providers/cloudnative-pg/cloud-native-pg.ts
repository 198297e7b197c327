import type { FieldViolation } from "../../errors/tenantry-error.js";
import type { ClusterSpec } from "../../provisioning/cluster.js";
import type { ClusterProvider } from "../provider.js";
import { CNPG_CLUSTERS } from "./cluster-object.js";
import { isFixedParameter } from "./fixed-parameters.js";
import { readCluster } from "./read-cluster.js";
import { readConnection, readPassword, secretNames } from "./read-connection.js";
import { readSteps } from "./read-steps.js";
import { toClusterObject, toPortableField } from "./to-objects.js";

export interface CloudNativePgOptions {
  /** Where `postgresVersion` finds its image. The operator's own repository when absent. */
  readonly imageRepository?: string | undefined;
}

const DEFAULT_IMAGE_REPOSITORY = "ghcr.io/cloudnative-pg/postgresql";

const CAPABILITIES = {
  instances: "exact",
  storage: "exact",
  postgresVersion: "exact",
  parameters: "exact",
  database: "exact",
  owner: "exact",
  hba: "exact",
  superuserAccess: "exact",
} as const;

/**
 * CloudNativePG 1.26 and later, `postgresql.cnpg.io/v1`.
 * @see {@link https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/ | CloudNativePG: API reference}
 */
export function cloudNativePg(options: CloudNativePgOptions = {}): ClusterProvider<typeof CAPABILITIES> {
  const imageRepository = options.imageRepository ?? DEFAULT_IMAGE_REPOSITORY;
  return {
    name: "cloudnative-pg",
    capabilities: CAPABILITIES,
    resource: CNPG_CLUSTERS,
    otherResources: [],
    problems,
    toObjects: (identity, spec) => [toClusterObject(identity, spec, imageRepository)],
    toPortableField,
    readCluster,
    readSteps,
    secretNames,
    readConnection,
    readPassword,
  };
}

function problems(spec: ClusterSpec): readonly FieldViolation[] {
  return Object.keys(spec.parameters ?? {})
    .filter(isFixedParameter)
    .map((parameter) => ({
      field: `parameters.${parameter}`,
      message: "is set by the operator and cannot be changed; leave it out",
    }));
}
