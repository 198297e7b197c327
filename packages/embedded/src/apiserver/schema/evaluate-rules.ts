import { isRecord, type JsonRecord } from "../object/api-object.js";
import { duplicate, type FieldError, forbidden, printValue, required } from "../object/field-error.js";
import type { JsonSchema, ValidationRule } from "../resource-definition.js";
import { type CompiledRule, compileRule } from "./cel.js";
import { toCel } from "./cel-value.js";
import { fieldSchema } from "./prune.js";
import { keyOfItem } from "./validate-value.js";

const RULES = "x-kubernetes-validations";

/** Whether a rule stands anywhere in the schema. */
export function hasRules(schema: JsonSchema): boolean {
  const known = WITH_RULES.get(schema);
  if (known !== undefined) return known;
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : []),
  ];
  const found = (schema[RULES] ?? []).length > 0 || inner.some(hasRules);
  WITH_RULES.set(schema, found);
  return found;
}

const WITH_RULES = new WeakMap<JsonSchema, boolean>();

/**
 * Evaluates the CEL rules of a schema.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
 */
export function evaluateRules(schema: JsonSchema, value: unknown, old: unknown): FieldError[] {
  const errors: FieldError[] = [];
  evaluateAt(schema, value, old, "", errors);
  return errors;
}

function evaluateAt(schema: JsonSchema, value: unknown, old: unknown, path: string, errors: FieldError[]): void {
  if (value === undefined || value === null || !hasRules(schema)) return;
  const rules = schema[RULES] ?? [];
  if (rules.length > 0) {
    const self = toCel(value, schema);
    const oldSelf = old === undefined || old === null ? undefined : toCel(old, schema);
    for (const rule of rules) {
      const error = evaluateRule(rule, self, oldSelf, value, path);
      if (error !== undefined) errors.push(error);
    }
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    const olds = correlated(schema, old);
    for (const [index, item] of value.entries()) {
      const before = olds.get(JSON.stringify(keyOfItem(item, schema)));
      evaluateAt(items, item, before, `${path}[${index}]`, errors);
    }
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      const inner = fieldSchema(schema, key);
      const before = isRecord(old) && Object.hasOwn(old, key) ? old[key] : undefined;
      if (inner !== undefined) evaluateAt(inner, value[key], before, path === "" ? key : `${path}.${key}`, errors);
    }
  }
}

/** Old items by their key: only items of a list-type map are the same item over time. */
function correlated(schema: JsonSchema, old: unknown): ReadonlyMap<string, unknown> {
  if (schema["x-kubernetes-list-type"] !== "map" || !Array.isArray(old)) return new Map();
  return new Map(old.map((item) => [JSON.stringify(keyOfItem(item, schema)), item]));
}

function evaluateRule(
  rule: ValidationRule,
  self: unknown,
  oldSelf: unknown,
  value: unknown,
  path: string,
): FieldError | undefined {
  const compiled = compileRule(rule.rule);
  if (compiled.problem !== undefined) return undefined;
  if (compiled.usesOldSelf && oldSelf === undefined && rule.optionalOldSelf !== true) return undefined;
  const result = run(compiled, { self, oldSelf });
  if (result.value === true) return undefined;
  const field = rule.fieldPath === undefined ? path : `${path}${rule.fieldPath}`.replace(/^\./, "");
  if (result.error !== undefined) {
    return failed(
      "FieldValueInvalid",
      field,
      `rule evaluation error: ${result.error}: evaluating rule: ${rule.rule}`,
      value,
    );
  }
  return failed(rule.reason, field, messageOf(rule, { self, oldSelf }), value);
}

function run(compiled: CompiledRule, variables: JsonRecord): { readonly value?: unknown; readonly error?: string } {
  try {
    return { value: compiled.evaluate(variables) };
  } catch (error) {
    return { error: error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown error" };
  }
}

function messageOf(rule: ValidationRule, variables: JsonRecord): string {
  if (rule.messageExpression !== undefined) {
    const compiled = compileRule(rule.messageExpression);
    const text = compiled.problem === undefined ? run(compiled, variables).value : undefined;
    if (typeof text === "string" && text.trim() !== "" && !text.includes("\n")) return text;
  }
  return rule.message?.trim() || `failed rule: ${rule.rule}`;
}

function failed(reason: string | undefined, field: string, message: string, value: unknown): FieldError {
  if (reason === "FieldValueForbidden") return forbidden(field, message);
  if (reason === "FieldValueRequired") return required(field, message);
  if (reason === "FieldValueDuplicate") return duplicate(field, value);
  const shown = typeof value === "object" ? "" : `${printValue(value)}: `;
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${shown}${message}` };
}
