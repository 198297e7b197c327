import { type ApiObject, isRecord } from "../object/api-object.js";
import { type FieldError, invalid, tooLong } from "../object/field-error.js";
import { configKey } from "../object/name-rules.js";
import { AGE_COLUMN, builtInKind, NAME_COLUMN } from "./built-in-kind.js";
import { BOOLEAN, BYTES_MAP, objectOf, STRING_MAP } from "./object-schema.js";
import { MAX_DATA_BYTES, validateImmutable } from "./secret.js";

/** Source of rules and texts: kubernetes/kubernetes pkg/apis/core/validation (ValidateConfigMap, ValidateConfigMapUpdate). */
export const configMapKind = builtInKind({
  resource: { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", scope: "Namespaced" },
  singular: "configmap",
  shortNames: ["cm"],
  schema: objectOf({ data: STRING_MAP, binaryData: BYTES_MAP, immutable: BOOLEAN }),
  columns: [
    NAME_COLUMN,
    {
      name: "Data",
      type: "string",
      description: "Data contains the configuration data.",
      value: (object) => keysOf(object as ApiObject, "data").length + keysOf(object as ApiObject, "binaryData").length,
    },
    AGE_COLUMN,
  ],
  rules: {
    validate: (object, old) => [
      ...validateData(object),
      ...(old === undefined ? [] : validateImmutable(object, old, ["data", "binaryData"])),
    ],
  },
});

function keysOf(object: ApiObject, field: string): string[] {
  return isRecord(object[field]) ? Object.keys(object[field]) : [];
}

function validateData(object: ApiObject): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  const binaryKeys = new Set(keysOf(object, "binaryData"));
  for (const field of ["data", "binaryData"]) {
    const values = isRecord(object[field]) ? object[field] : {};
    for (const [key, value] of Object.entries(values)) {
      for (const problem of configKey(key)) errors.push(invalid(`${field}[${key}]`, key, problem));
      if (field === "data" && binaryKeys.has(key)) {
        errors.push(invalid(`data[${key}]`, key, "duplicate of key present in binaryData"));
      }
      bytes += Buffer.byteLength(String(value), field === "data" ? "utf8" : "base64");
    }
  }
  if (bytes > MAX_DATA_BYTES) errors.push(tooLong("[]", MAX_DATA_BYTES));
  return errors;
}
