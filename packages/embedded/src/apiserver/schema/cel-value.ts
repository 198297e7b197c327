import { isRecord, type JsonRecord, setOwn } from "../object/api-object.js";
import type { JsonSchema } from "../resource-definition.js";
import { fieldSchema } from "./prune.js";

/**
 * JSON as CEL sees it through a schema: integers are `int` (bigint), field names are escaped, unknown fields are not there.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/cel, kubernetes.io "CustomResourceDefinition validation rules".
 */
export function toCel(value: unknown, schema: JsonSchema): unknown {
  if (typeof value === "number") {
    const isInteger = schema.type === "integer" || (schema.type !== "number" && Number.isInteger(value));
    return isInteger && Number.isInteger(value) ? BigInt(value) : value;
  }
  if (typeof value === "string") return typedString(value, schema.format);
  if (Array.isArray(value)) return value.map((item) => toCel(item, schema.items ?? {}));
  if (!isRecord(value)) return value;
  const result: JsonRecord = {};
  const isMap = schema.properties === undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const innerSchema = fieldSchema(schema, key) ?? {};
    setOwn(result, isMap ? key : escapeName(key), toCel(inner, innerSchema));
  }
  return result;
}

function typedString(value: string, format: string | undefined): unknown {
  if (format === "date-time" || format === "date") {
    const time = new Date(value);
    return Number.isNaN(time.getTime()) ? value : time;
  }
  return value;
}

const RESERVED = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);

function escapeName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll("__", "__underscores__")
    .replaceAll(".", "__dot__")
    .replaceAll("-", "__dash__")
    .replaceAll("/", "__slash__");
}
