import type { KubernetesObject } from "@tenantry/sdk";
import { toSchema } from "./crd/field-tree.js";
import { SPEC_FIELDS } from "./crd/spec-fields.js";
import { STATUS_SCHEMA } from "./crd/status-schema.js";

/**
 * Our own description of `Cluster` of CloudNativePG. It knows every field of the real one at least by type, so that what is not run here
 * reaches {@link clusterAdmission} and is refused, instead of being pruned without a word.
 */
export const CLUSTER_CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "clusters.postgresql.cnpg.io" },
  spec: {
    group: "postgresql.cnpg.io",
    scope: "Namespaced",
    names: { kind: "Cluster", listKind: "ClusterList", plural: "clusters", singular: "cluster" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        additionalPrinterColumns: [
          { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          { name: "Instances", type: "integer", jsonPath: ".status.instances", description: "Number of instances" },
          {
            name: "Ready",
            type: "integer",
            jsonPath: ".status.readyInstances",
            description: "Number of ready instances",
          },
          { name: "Status", type: "string", jsonPath: ".status.phase", description: "Cluster current status" },
          { name: "Primary", type: "string", jsonPath: ".status.currentPrimary", description: "Primary pod" },
        ],
        subresources: {
          status: {},
          scale: {
            specReplicasPath: ".spec.instances",
            statusReplicasPath: ".status.instances",
            labelSelectorPath: ".status.selector",
          },
        },
        schema: {
          openAPIV3Schema: {
            type: "object",
            description: "A PostgreSQL server with its storage, certificates, Secrets and Services.",
            required: ["metadata", "spec"],
            properties: {
              apiVersion: { type: "string", description: "The version of this kind's schema." },
              kind: { type: "string", description: "The kind, in CamelCase." },
              metadata: { type: "object" },
              spec: toSchema(SPEC_FIELDS, { description: "What is asked for.", required: ["instances"] }),
              status: STATUS_SCHEMA,
            },
          },
        },
      },
    ],
  },
} as const satisfies KubernetesObject & { readonly spec: unknown };
