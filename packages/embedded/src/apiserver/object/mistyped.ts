import type { JsonSchema } from "../resource-definition.js";
import { fieldSchema } from "../schema/prune.js";
import { isRecord } from "./api-object.js";

const GO_TYPES: Readonly<Record<string, string>> = {
  string: "string",
  boolean: "bool",
  integer: "int32",
  number: "float64",
  object: "map",
  array: "slice",
};

/**
 * The first field of a built-in kind whose JSON type is wrong, in the words of Go's decoder. Never says the value: it may be secret.
 */
export function firstMistyped(value: unknown, schema: JsonSchema, path = ""): string | undefined {
  if (value === null || value === undefined) return undefined;
  const found = jsonType(value);
  if (schema.type !== undefined && found !== schema.type && !(schema.type === "number" && found === "integer")) {
    return `json: cannot unmarshal ${found === "integer" ? "number" : found} into field ${path} of type ${GO_TYPES[schema.type] ?? schema.type}`;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const problem = schema.items === undefined ? undefined : firstMistyped(item, schema.items, `${path}[${index}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const innerSchema = fieldSchema(schema, key);
    const problem =
      innerSchema === undefined ? undefined : firstMistyped(inner, innerSchema, path === "" ? key : `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function jsonType(value: unknown): "object" | "array" | "string" | "integer" | "number" | "boolean" | "null" {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value as "object" | "string" | "boolean";
}
