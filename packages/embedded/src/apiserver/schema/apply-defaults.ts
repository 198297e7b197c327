import { cloneJson, isRecord, type JsonRecord, setOwn } from "../object/api-object.js";
import type { JsonSchema } from "../resource-definition.js";
import { fieldSchema } from "./prune.js";

/**
 * Fills in defaults, only where the parent exists. A null that the schema does not allow is dropped first, so that its default, if
 * there is one, takes its place.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/defaulting/{algorithm,prunenulls}.go.
 */
export function applyDefaults(value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isRecord(value)) return;
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(value, key) && value[key] === null && property.nullable !== true && isTyped(property)) {
      delete (value as JsonRecord)[key];
    }
    if (!Object.hasOwn(value, key) && property.default !== undefined) setOwn(value, key, cloneJson(property.default));
  }
  for (const key of Object.keys(value)) {
    const inner = fieldSchema(schema, key);
    if (inner !== undefined) applyDefaults(value[key], inner);
  }
}

/** A schema without a type and without int-or-string takes anything, null included. */
function isTyped(schema: JsonSchema): boolean {
  return schema.type !== undefined || schema["x-kubernetes-int-or-string"] === true || schema.default !== undefined;
}
