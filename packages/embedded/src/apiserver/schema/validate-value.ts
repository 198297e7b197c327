import { equalJson, isRecord, type JsonRecord } from "../object/api-object.js";
import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from "../object/field-error.js";
import { jsonType } from "../object/mistyped.js";
import type { JsonSchema } from "../resource-definition.js";
import { fieldSchema } from "./prune.js";
import { matchesPattern } from "./regular-expression.js";
import { hasFormat } from "./string-format.js";

/**
 * Collects every violation of a schema, in Kubernetes' words.
 * Source: apiextensions-apiserver/pkg/apiserver/validation/validation.go, kube-openapi/pkg/validation/{validate,errors}.
 */
export function validateValue(value: unknown, schema: JsonSchema, path: string, errors: FieldError[]): void {
  if (value === undefined || (value === null && schema.nullable === true)) return;
  if (!checkType(value, schema, path, errors)) return;
  if (schema.enum !== undefined && !schema.enum.some((one) => equalJson(one, value))) {
    errors.push(notSupported(path, value, schema.enum.map(String)));
  }
  if (typeof value === "string") checkString(value, schema, path, errors);
  else if (typeof value === "number") checkNumber(value, schema, path, errors);
  else if (Array.isArray(value)) checkArray(value, schema, path, errors);
  else if (isRecord(value)) checkObject(value, schema, path, errors);
  checkCombinations(value, schema, path, errors);
}

function inBody(path: string, text: string): string {
  return `${path} in body ${text}`;
}

function checkType(value: unknown, schema: JsonSchema, path: string, errors: FieldError[]): boolean {
  const found = jsonType(value);
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (found === "integer" || found === "string") return true;
    errors.push(typeInvalid(path, found, inBody(path, `must be of type integer,string: ${JSON.stringify(found)}`)));
    return false;
  }
  const { type } = schema;
  if (type === undefined || found === type || (type === "number" && found === "integer")) {
    if (
      type === "integer" &&
      schema.format === "int32" &&
      Math.abs(Number(value)) > 2 ** 31 - (Number(value) > 0 ? 1 : 0)
    ) {
      errors.push(invalid(path, value, inBody(path, `must be of type int32: ${JSON.stringify(found)}`)));
      return false;
    }
    return true;
  }
  errors.push(typeInvalid(path, found, inBody(path, `must be of type ${type}: ${JSON.stringify(found)}`)));
  return false;
}

function checkString(value: string, schema: JsonSchema, path: string, errors: FieldError[]): void {
  const { minLength, maxLength, pattern, format } = schema;
  if (format !== undefined && !hasFormat(format, value)) {
    errors.push(typeInvalid(path, value, inBody(path, `must be of type ${format}: ${JSON.stringify(value)}`)));
  }
  // Code points, not UTF-16 units.
  const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length;
  // The first of these that fails ends the check. Source: kube-openapi pkg/validation/validate/validator.go, stringValidator.
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(path, maxLength));
  else if (minLength !== undefined && length < minLength) {
    errors.push(invalid(path, value, inBody(path, `should be at least ${minLength} chars long`)));
  } else if (pattern !== undefined && !matchesPattern(pattern, value)) {
    errors.push(invalid(path, value, inBody(path, `should match '${pattern}'`)));
  }
}

function checkNumber(value: number, schema: JsonSchema, path: string, errors: FieldError[]): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (minimum !== undefined && (value < minimum || (exclusiveMinimum === true && value === minimum))) {
    const text = exclusiveMinimum === true ? "greater than" : "greater than or equal to";
    errors.push(invalid(path, value, inBody(path, `should be ${text} ${minimum}`)));
  }
  if (maximum !== undefined && (value > maximum || (exclusiveMaximum === true && value === maximum))) {
    const text = exclusiveMaximum === true ? "less than" : "less than or equal to";
    errors.push(invalid(path, value, inBody(path, `should be ${text} ${maximum}`)));
  }
  if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(Number((value / multipleOf).toPrecision(15)))) {
    errors.push(invalid(path, value, inBody(path, `should be a multiple of ${multipleOf}`)));
  }
}

function checkArray(value: readonly unknown[], schema: JsonSchema, path: string, errors: FieldError[]): void {
  const { minItems, maxItems, items } = schema;
  if (maxItems !== undefined && value.length > maxItems) errors.push(tooMany(path, value.length, maxItems));
  if (minItems !== undefined && value.length < minItems) {
    errors.push(invalid(path, value.length, inBody(path, `should have at least ${minItems} items`)));
  }
  if (items !== undefined) {
    for (const [index, item] of value.entries()) validateValue(item, items, `${path}[${index}]`, errors);
  }
  checkDuplicates(value, schema, path, errors);
}

/** Source: apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go. */
function checkDuplicates(value: readonly unknown[], schema: JsonSchema, path: string, errors: FieldError[]): void {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return;
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const key = type === "set" ? item : keyOfItem(item, schema);
    const text = JSON.stringify(key);
    if (seen.has(text)) errors.push(duplicate(`${path}[${index}]`, key));
    seen.add(text);
  }
}

/** The values of the keys of a list-type map, with the defaults of those that are absent. */
export function keyOfItem(item: unknown, schema: JsonSchema): JsonRecord {
  const key: JsonRecord = {};
  for (const name of schema["x-kubernetes-list-map-keys"] ?? []) {
    const value = isRecord(item) ? item[name] : undefined;
    const chosen = value ?? schema.items?.properties?.[name]?.default;
    if (chosen !== undefined) key[name] = chosen;
  }
  return key;
}

function checkObject(value: JsonRecord, schema: JsonSchema, path: string, errors: FieldError[]): void {
  const { minProperties, maxProperties } = schema;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  if (maxProperties !== undefined && keys.length > maxProperties)
    errors.push(tooMany(path, keys.length, maxProperties));
  if (minProperties !== undefined && keys.length < minProperties) {
    errors.push(invalid(path, keys.length, inBody(path, `should have at least ${minProperties} properties`)));
  }
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key) || value[key] === undefined) errors.push(required(at(key)));
  }
  for (const key of keys) {
    const inner = fieldSchema(schema, key);
    if (inner !== undefined) validateValue(value[key], inner, at(key), errors);
  }
  if (schema["x-kubernetes-embedded-resource"] === true) {
    for (const key of ["apiVersion", "kind"]) {
      if (typeof value[key] !== "string" || value[key] === "") errors.push(required(at(key), "must not be empty"));
    }
  }
}

function checkCombinations(value: unknown, schema: JsonSchema, path: string, errors: FieldError[]): void {
  const failuresOf = (inner: JsonSchema): FieldError[] => {
    const failures: FieldError[] = [];
    validateValue(value, inner, path, failures);
    return failures;
  };
  const fail = (text: string) => errors.push(invalid(path, "", `${JSON.stringify(path)} ${text}`));
  const { allOf, anyOf, oneOf, not } = schema;
  for (const inner of allOf ?? []) {
    const failures = failuresOf(inner);
    if (failures.length === 0) continue;
    errors.push(...failures);
    fail("must validate all the schemas (allOf)");
    break;
  }
  if (anyOf !== undefined) {
    const results = anyOf.map(failuresOf);
    if (results.every((failures) => failures.length > 0)) {
      fail("must validate at least one schema (anyOf)");
      errors.push(...(results[0] ?? []));
    }
  }
  if (oneOf !== undefined) {
    const results = oneOf.map(failuresOf);
    const valid = results.filter((failures) => failures.length === 0).length;
    if (valid === 0) {
      fail("must validate one and only one schema (oneOf). Found none valid");
      errors.push(...(results[0] ?? []));
    } else if (valid > 1) fail(`must validate one and only one schema (oneOf). Found ${valid} valid alternatives`);
  }
  if (not !== undefined && failuresOf(not).length === 0) fail("must not validate the schema (not)");
}
