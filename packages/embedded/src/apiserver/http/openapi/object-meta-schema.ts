import type { JsonSchema } from "../../resource-definition.js";

/** Where a document keeps the schema of `metadata`. */
export const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
export const LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

const TEXT_MAP: JsonSchema = { type: "object", additionalProperties: { type: "string" } };

/** What `kubectl explain KIND.metadata` shows. Source: apimachinery meta/v1 types.go, in shorter words. */
export const OBJECT_META_SCHEMA: JsonSchema = {
  type: "object",
  description:
    "ObjectMeta is metadata that all persisted resources must have, which includes all objects users must create.",
  properties: {
    name: { type: "string", description: "Name must be unique within a namespace. Cannot be updated." },
    generateName: {
      type: "string",
      description: "Prefix, used by the server to generate a unique name only if the name field has not been provided.",
    },
    namespace: { type: "string", description: "Namespace defines the space within which each name must be unique." },
    labels: {
      ...TEXT_MAP,
      description: "Map of string keys and values that can be used to organize and categorize objects.",
    },
    annotations: {
      ...TEXT_MAP,
      description: "Unstructured key value map stored with a resource to store and retrieve arbitrary metadata.",
    },
    uid: { type: "string", description: "UID is the unique in time and space value for this object. Read-only." },
    resourceVersion: {
      type: "string",
      description: "Opaque value that clients can use to determine when objects have changed. Read-only.",
    },
    generation: {
      type: "integer",
      format: "int64",
      description: "A sequence number representing a specific generation of the desired state. Read-only.",
    },
    creationTimestamp: {
      type: "string",
      format: "date-time",
      description: "Timestamp representing the server time when this object was created. Read-only.",
    },
    deletionTimestamp: {
      type: "string",
      format: "date-time",
      description: "Time at which this resource will be deleted. Set when a graceful deletion is requested. Read-only.",
    },
    deletionGracePeriodSeconds: {
      type: "integer",
      format: "int64",
      description: "Number of seconds allowed for this object to gracefully terminate. Read-only.",
    },
    finalizers: {
      type: "array",
      items: { type: "string" },
      "x-kubernetes-list-type": "set",
      description: "Must be empty before the object is deleted from the registry.",
    },
    ownerReferences: {
      type: "array",
      description: "List of objects depended by this object.",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["uid"],
      items: {
        type: "object",
        required: ["apiVersion", "kind", "name", "uid"],
        properties: {
          apiVersion: { type: "string", description: "API version of the referent." },
          kind: { type: "string", description: "Kind of the referent." },
          name: { type: "string", description: "Name of the referent." },
          uid: { type: "string", description: "UID of the referent." },
          controller: { type: "boolean", description: "If true, this reference points to the managing controller." },
          blockOwnerDeletion: {
            type: "boolean",
            description: "Whether the owner waits for this object in foreground deletion.",
          },
        },
      },
    },
    managedFields: {
      type: "array",
      description: "Maps workflow-id and version to the set of fields that are managed by that workflow.",
      "x-kubernetes-list-type": "atomic",
      items: {
        type: "object",
        properties: {
          manager: { type: "string", description: "Identifier of the workflow managing these fields." },
          operation: { type: "string", description: "The type of operation: Apply or Update." },
          apiVersion: { type: "string", description: "The version of this resource that this field set applies to." },
          time: { type: "string", format: "date-time", description: "When the entry was added or changed." },
          fieldsType: { type: "string", description: "Discriminator for the fields format: FieldsV1." },
          fieldsV1: { type: "object", description: "The fields, in the JSON version of their trie." },
          subresource: { type: "string", description: "Name of the subresource used to update that object." },
        },
      },
    },
  },
};

export const LIST_META_SCHEMA: JsonSchema = {
  type: "object",
  description: "ListMeta describes metadata that synthetic resources must have, including lists.",
  properties: {
    resourceVersion: { type: "string", description: "String that identifies the version of the collection." },
    continue: {
      type: "string",
      description: "Set if the user set a limit on the number of items returned and there are more.",
    },
    remainingItemCount: { type: "integer", format: "int64", description: "Number of subsequent items in the list." },
  },
};
