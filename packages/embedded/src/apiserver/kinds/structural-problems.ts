import { isRecord } from "../object/api-object.js";
import { type FieldError, forbidden, invalid, required } from "../object/field-error.js";
import type { JsonSchema } from "../resource-definition.js";
import { compileRule } from "../schema/cel.js";
import { patternProblem } from "../schema/regular-expression.js";
import { validateValue } from "../schema/validate-value.js";

/**
 * What makes a schema unfit for a definition: parts that Kubernetes forbids, and missing types.
 * Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, pkg/apiserver/schema/validation.go.
 */
export function structuralProblems(schema: unknown, path: string): FieldError[] {
  if (!isRecord(schema)) return [invalid(path, schema, "must be an object")];
  const errors: FieldError[] = [];
  if (schema.type !== "object") {
    errors.push(
      schema.type === undefined
        ? required(`${path}.type`, "must not be empty at the root")
        : invalid(`${path}.type`, schema.type, "must be object at the root"),
    );
  }
  if (schema.nullable === true) errors.push(forbidden(`${path}.nullable`, "nullable cannot be true at the root"));
  visit(schema, path, errors, "root");
  return errors;
}

type Place = "root" | "field" | "items" | "map" | "logic";

const TYPES = ["object", "array", "string", "integer", "number", "boolean"];
const TYPE_NEEDED: Readonly<Record<string, string>> = {
  field: "must not be empty for specified object fields",
  items: "must not be empty for specified array items",
  map: "must not be empty for specified object fields",
};

function visit(schema: Record<string, unknown>, path: string, errors: FieldError[], place: Place): void {
  if (!checkKeywords(schema, path, errors)) return;
  checkForbidden(schema, path, errors);
  if (place !== "logic") checkType(schema, path, errors, place);
  checkLists(schema, path, errors);
  checkValues(schema, path, errors);
  const inner = place === "logic" ? "logic" : undefined;
  if (isRecord(schema.properties)) {
    for (const [key, property] of Object.entries(schema.properties)) {
      step(property, `${path}.properties[${key}]`, errors, inner ?? "field");
    }
  }
  if (schema.items !== undefined) step(schema.items, `${path}.items`, errors, inner ?? "items");
  if (isRecord(schema.additionalProperties)) {
    step(schema.additionalProperties, `${path}.additionalProperties`, errors, inner ?? "map");
  }
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    const list = schema[keyword];
    if (!Array.isArray(list)) continue;
    for (const [index, one] of list.entries()) step(one, `${path}.${keyword}[${index}]`, errors, "logic");
  }
  if (schema.not !== undefined) step(schema.not, `${path}.not`, errors, "logic");
}

function step(schema: unknown, path: string, errors: FieldError[], place: Place): void {
  if (isRecord(schema)) visit(schema, path, errors, place);
  else errors.push(invalid(path, schema, "must be a schema"));
}

const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => typeof value === "number";
const isBoolean = (value: unknown) => typeof value === "boolean";
const isTextList = (value: unknown) => Array.isArray(value) && value.every(isText);
const isRecordList = (value: unknown) => Array.isArray(value) && value.every(isRecord);
const KEYWORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...Object.fromEntries(
    ["description", "format", "pattern", "x-kubernetes-list-type", "x-kubernetes-map-type"].map((key) => [key, isText]),
  ),
  ...Object.fromEntries(
    [
      "minimum",
      "maximum",
      "multipleOf",
      "minLength",
      "maxLength",
      "minItems",
      "maxItems",
      "minProperties",
      "maxProperties",
    ].map((key) => [key, isNumber]),
  ),
  ...Object.fromEntries(
    [
      "nullable",
      "exclusiveMinimum",
      "exclusiveMaximum",
      "x-kubernetes-int-or-string",
      "x-kubernetes-preserve-unknown-fields",
      "x-kubernetes-embedded-resource",
    ].map((key) => [key, isBoolean]),
  ),
  required: isTextList,
  "x-kubernetes-list-map-keys": isTextList,
  enum: Array.isArray,
  properties: isRecord,
  ...Object.fromEntries(["allOf", "anyOf", "oneOf", "x-kubernetes-validations"].map((key) => [key, isRecordList])),
  additionalProperties: (value) => isBoolean(value) || isRecord(value),
};

/** Keywords of the wrong JSON type would break validation later; a null is as good as none. */
function checkKeywords(schema: Record<string, unknown>, path: string, errors: FieldError[]): boolean {
  const before = errors.length;
  for (const [key, value] of Object.entries(schema)) {
    if (value === null) delete schema[key];
    else if (Object.hasOwn(KEYWORDS, key) && KEYWORDS[key]?.(value) === false) {
      errors.push(invalid(`${path}.${key}`, value, "has the wrong type"));
    }
  }
  return errors.length === before;
}

function checkForbidden(schema: Record<string, unknown>, path: string, errors: FieldError[]): void {
  const refuse = (field: string, detail: string) => errors.push(forbidden(`${path}.${field}`, detail));
  for (const field of ["$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id"]) {
    if (schema[field] !== undefined) refuse(field, `${field} is not supported`);
  }
  if (schema.uniqueItems === true) {
    refuse("uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
  }
  if (
    schema.additionalProperties !== undefined &&
    isRecord(schema.properties) &&
    Object.keys(schema.properties).length > 0
  ) {
    refuse("additionalProperties", "additionalProperties and properties are mutual exclusive");
  }
  if (schema.additionalProperties === false)
    refuse("additionalProperties", "additionalProperties cannot be set to false");
}

function checkType(schema: Record<string, unknown>, path: string, errors: FieldError[], place: Place): void {
  const { type } = schema;
  const isFree =
    schema["x-kubernetes-int-or-string"] === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (type === undefined || type === "") {
    const detail = TYPE_NEEDED[place];
    if (!isFree && detail !== undefined) errors.push(required(`${path}.type`, detail));
  } else if (typeof type !== "string" || !TYPES.includes(type)) {
    errors.push(invalid(`${path}.type`, type, `must be one of ${TYPES.join(", ")}`));
  }
  if (type === "array" && schema.items === undefined) errors.push(required(`${path}.items`, "must be specified"));
}

function checkLists(schema: Record<string, unknown>, path: string, errors: FieldError[]): void {
  if (schema["x-kubernetes-list-type"] !== "map") return;
  const keys = schema["x-kubernetes-list-map-keys"];
  if (!Array.isArray(keys) || keys.length === 0) {
    errors.push(required(`${path}.x-kubernetes-list-map-keys`, "must not be empty if x-kubernetes-list-type is map"));
    return;
  }
  const items = isRecord(schema.items) ? schema.items : {};
  const needed = Array.isArray(items.required) ? items.required : [];
  for (const key of keys) {
    const property = isRecord(items.properties) ? items.properties[String(key)] : undefined;
    const hasDefault = isRecord(property) && property.default !== undefined;
    if (hasDefault || needed.includes(key)) continue;
    const detail =
      "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
    errors.push(required(`${path}.items.properties[${String(key)}].default`, detail));
  }
}

function checkValues(schema: Record<string, unknown>, path: string, errors: FieldError[]): void {
  if (schema.default !== undefined) {
    // The value is looked at by itself: the messages name no path.
    const problems: FieldError[] = [];
    validateValue(schema.default, schema as JsonSchema, "", problems);
    const at = (field: string) => [`${path}.default`, field].filter((part) => part !== "").join(".");
    errors.push(...problems.map((problem) => ({ ...problem, field: at(problem.field) })));
  }
  if (typeof schema.pattern === "string") {
    const problem = patternProblem(schema.pattern);
    if (problem !== undefined) errors.push(invalid(`${path}.pattern`, schema.pattern, problem));
  }
  const rules = schema["x-kubernetes-validations"];
  if (!Array.isArray(rules)) return;
  for (const [index, rule] of rules.entries()) {
    const at = `${path}.x-kubernetes-validations[${index}].rule`;
    const text = isRecord(rule) ? rule.rule : undefined;
    if (typeof text !== "string" || text === "") errors.push(required(at, "rule is not specified"));
    else {
      const { problem } = compileRule(text);
      if (problem?.type !== "syntax") continue;
      errors.push(invalid(at, text, `compilation failed: ERROR: <input>:1:1: Syntax error: ${problem.message}`));
    }
  }
}

/** Rules that are CEL but call what our evaluator lacks: they are not enforced, and whoever writes the definition is told. */
export function unenforcedRules(schema: unknown): readonly string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (isRecord(value)) {
      const rules = value["x-kubernetes-validations"];
      for (const rule of Array.isArray(rules) ? rules : []) {
        const text = isRecord(rule) && typeof rule.rule === "string" ? rule.rule : "";
        if (text !== "" && compileRule(text).problem?.type === "unsupported") found.add(text);
      }
      for (const inner of Object.values(value)) walk(inner);
    }
  };
  walk(schema);
  return [...found];
}
