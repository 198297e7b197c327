import { isRecord } from "../object/api-object.js";
import { OBJECT_META } from "../object/decode-meta.js";
import type { JsonSchema } from "../resource-definition.js";
import { fieldSchema } from "../schema/prune.js";
import { keyOfItem } from "../schema/validate-value.js";

/** Metadata whose owner is recorded; the server alone decides on the rest. */
const TRACKED_META = ["generateName", "labels", "annotations", "ownerReferences", "finalizers"];

/** The schema of a whole object, metadata included. */
export function typedSchema(schema: JsonSchema | undefined): JsonSchema {
  const known = TYPED.get(schema ?? UNTYPED);
  if (known !== undefined) return known;
  const metadata: JsonSchema = {
    type: "object",
    properties: Object.fromEntries(TRACKED_META.map((field) => [field, OBJECT_META.properties?.[field] ?? {}])),
  };
  const typed = { ...(schema ?? UNTYPED), properties: { ...schema?.properties, metadata } };
  TYPED.set(schema ?? UNTYPED, typed);
  return typed;
}

const UNTYPED: JsonSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const TYPED = new WeakMap<JsonSchema, JsonSchema>();

/** The part of an object whose owners are recorded. */
export function trackedPart(object: object): Record<string, unknown> {
  const { apiVersion: _1, kind: _2, metadata, ...content } = object as Record<string, unknown>;
  const tracked: Record<string, unknown> = {};
  for (const field of TRACKED_META) {
    if (isRecord(metadata) && metadata[field] !== undefined) tracked[field] = metadata[field];
  }
  return Object.keys(tracked).length === 0 ? content : { ...content, metadata: tracked };
}

/** How ownership of a value divides: as a whole, by the fields of a map, or by the items of a list. */
export type Shape = "whole" | "map" | "list";

export function shapeOf(value: unknown, schema: JsonSchema): Shape {
  if (Array.isArray(value)) {
    const type = schema["x-kubernetes-list-type"];
    return type === "map" || type === "set" ? "list" : "whole";
  }
  if (!isRecord(value)) return "whole";
  return schema["x-kubernetes-map-type"] === "atomic" ? "whole" : "map";
}

/** A struct's fields are declared one by one; the keys of any other map are its items. */
export function isDeclaredField(schema: JsonSchema, key: string): boolean {
  return schema.properties !== undefined && Object.hasOwn(schema.properties, key);
}

/** The children of a value with the path element, and the schema, of each. */
export function childrenOf(value: unknown, schema: JsonSchema): Map<string, readonly [unknown, JsonSchema]> {
  const children = new Map<string, readonly [unknown, JsonSchema]>();
  if (Array.isArray(value)) {
    for (const item of value) children.set(elementOf(item, schema), [item, schema.items ?? {}]);
  } else if (isRecord(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== undefined) children.set(`f:${key}`, [inner, fieldSchema(schema, key) ?? {}]);
    }
  }
  return children;
}

export function elementOf(item: unknown, schema: JsonSchema): string {
  if (schema["x-kubernetes-list-type"] === "set") return `v:${JSON.stringify(item)}`;
  const key = keyOfItem(item, schema);
  return `k:${JSON.stringify(Object.fromEntries(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))))}`;
}
