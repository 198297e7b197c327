import type { ResourceDefinition } from "../../resource-definition.js";
import { LIST_META, OBJECT_META } from "./object-meta-schema.js";

const API_VERSION = {
  type: "string",
  description: "APIVersion defines the versioned schema of this representation of an object.",
};
const KIND = {
  type: "string",
  description: "Kind is a string value representing the REST resource this object represents.",
};

/**
 * The name of a kind's schema: the group backwards, as Kubernetes names custom resources (`com.example.v1.Widget`), and
 * `io.k8s.api.core.v1.Secret` for its own.
 */
export function schemaName({ resource, builtIn }: ResourceDefinition): string {
  const { group, version, kind } = resource;
  if (builtIn && !group.includes(".")) return `io.k8s.api.${group || "core"}.${version}.${kind}`;
  return `${group.split(".").reverse().join(".")}.${version}.${kind}`;
}

export function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

export function groupVersionKind({ resource: { group, version, kind } }: ResourceDefinition) {
  return { group, version, kind };
}

/** The kind's own schema, with what every object has, and marked so that clients find it by group, version and kind. */
export function kindSchema(definition: ResourceDefinition): unknown {
  const { schema } = definition;
  const metadata = {
    description: "Standard object's metadata.",
    default: {},
    allOf: [reference(OBJECT_META)],
  };
  return {
    ...(schema ?? { "x-kubernetes-preserve-unknown-fields": true }),
    type: "object",
    properties: { ...schema?.properties, apiVersion: API_VERSION, kind: KIND, metadata },
    "x-kubernetes-group-version-kind": [groupVersionKind(definition)],
  };
}

export function listSchema(definition: ResourceDefinition): unknown {
  const { group, version, kind } = definition.resource;
  return {
    description: `${kind}List is a list of ${kind}`,
    type: "object",
    required: ["items"],
    properties: {
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: { default: {}, allOf: [reference(LIST_META)] },
      items: { type: "array", items: { default: {}, allOf: [reference(schemaName(definition))] } },
    },
    "x-kubernetes-group-version-kind": [{ group, version, kind: `${kind}List` }],
  };
}
