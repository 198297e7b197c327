import { isRecord, type JsonRecord } from "../object/api-object.js";
import type { JsonSchema } from "../resource-definition.js";

export interface PruneOptions {
  /** The value is a whole object: apiVersion, kind and metadata stay. */
  readonly isRoot?: boolean | undefined;
  /** Told the path of each field that is dropped. */
  readonly dropped?: ((path: string) => void) | undefined;
}

/**
 * Drops fields that the schema does not know.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm.go.
 */
export function prune(value: unknown, schema: JsonSchema, { isRoot = false, dropped }: PruneOptions = {}): void {
  pruneAt(value, schema, isRoot, "", dropped ?? (() => undefined));
}

const OBJECT_FIELDS = ["apiVersion", "kind", "metadata"];
const ANYTHING: JsonSchema = { "x-kubernetes-preserve-unknown-fields": true };

function pruneAt(
  value: unknown,
  schema: JsonSchema,
  isRoot: boolean,
  path: string,
  dropped: (path: string) => void,
): void {
  const isObject = isRoot || schema["x-kubernetes-embedded-resource"] === true;
  if (Array.isArray(value)) {
    const items = schema.items ?? (keepsUnknown(schema) ? ANYTHING : {});
    for (const [index, item] of value.entries()) pruneAt(item, items, false, `${path}[${index}]`, dropped);
    return;
  }
  if (!isRecord(value)) return;
  for (const key of Object.keys(value)) {
    if (isObject && OBJECT_FIELDS.includes(key)) continue;
    const inner = fieldSchema(schema, key);
    const at = path === "" ? key : `${path}.${key}`;
    if (inner === undefined) {
      if (keepsUnknown(schema)) continue;
      delete (value as JsonRecord)[key];
      dropped(at);
    } else pruneAt(value[key], inner, false, at, dropped);
  }
}

function keepsUnknown(schema: JsonSchema): boolean {
  return schema["x-kubernetes-preserve-unknown-fields"] === true;
}

/** The schema of one field of an object; undefined when the field is not declared. */
export function fieldSchema(schema: JsonSchema, key: string): JsonSchema | undefined {
  const { properties, additionalProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  if (additionalProperties === true) return ANYTHING;
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}
