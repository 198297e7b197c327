import type { JsonSchema } from "../resource-definition.js";

/** Pieces from which the schemas of the built-in kinds are put together. */
export const STRING: JsonSchema = { type: "string" };
export const BOOLEAN: JsonSchema = { type: "boolean" };
export const INTEGER: JsonSchema = { type: "integer", format: "int32" };
export const INT_OR_STRING: JsonSchema = { "x-kubernetes-int-or-string": true };
export const TIME: JsonSchema = { type: "string", format: "date-time", nullable: true };
export const STRING_MAP: JsonSchema = { type: "object", additionalProperties: STRING };
export const BYTES_MAP: JsonSchema = { type: "object", additionalProperties: { type: "string", format: "byte" } };
export const ANYTHING: JsonSchema = { "x-kubernetes-preserve-unknown-fields": true };

export function objectOf(properties: Readonly<Record<string, JsonSchema>>, description?: string): JsonSchema {
  return { type: "object", properties, ...(description === undefined ? {} : { description }) };
}
export function setOf(items: JsonSchema): JsonSchema {
  return { type: "array", items, "x-kubernetes-list-type": "set" };
}
export function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items, "x-kubernetes-list-type": "atomic" };
}
export function mapOf(items: JsonSchema, ...keys: readonly string[]): JsonSchema {
  return { type: "array", items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys };
}

/** metav1.Condition, as Namespace and Service hold it. */
export const CONDITIONS: JsonSchema = mapOf(
  objectOf({
    type: STRING,
    status: STRING,
    reason: STRING,
    message: STRING,
    lastTransitionTime: TIME,
    observedGeneration: { type: "integer", format: "int64" },
  }),
  "type",
);
