import type { ApiObject } from "../object/api-object.js";
import type { FieldError } from "../object/field-error.js";
import type { JsonSchema } from "../resource-definition.js";
import { evaluateRules, hasRules } from "./evaluate-rules.js";
import { validateValue } from "./validate-value.js";

const NOT_CHECKED: FieldError = {
  reason: "FieldValueInvalid",
  field: "<nil>",
  message:
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
};

/** Errors after which rules would meet a value that they were not written for. */
const BLOCKING = new Set([
  "FieldValueTypeInvalid",
  "FieldValueRequired",
  "FieldValueNotSupported",
  "FieldValueTooLong",
  "FieldValueTooMany",
]);

/**
 * Checks a custom resource against its structural schema, then against the schema's CEL rules.
 * Source: apiextensions-apiserver/pkg/registry/customresource/{strategy,validator}.go.
 *
 * @param only - the one field to check: `status` for writes through that subresource.
 */
export function validateSchema(
  object: ApiObject,
  schema: JsonSchema,
  old: ApiObject | undefined,
  only?: string,
): FieldError[] {
  const properties = { ...schema.properties };
  // These are checked by rules of their own and may be declared here as plain objects.
  for (const field of ["apiVersion", "kind", "metadata"]) delete properties[field];
  const required = schema.required?.filter((field) => !["apiVersion", "kind", "metadata"].includes(field));
  let checked: JsonSchema = { ...schema, properties, ...(required === undefined ? {} : { required }) };
  if (only !== undefined) {
    const inner = properties[only];
    checked = inner === undefined ? {} : { type: "object", properties: { [only]: inner } };
  }
  const { apiVersion: _1, kind: _2, metadata: _3, ...content } = object;
  const value = only === undefined ? content : { [only]: object[only] };
  const errors: FieldError[] = [];
  validateValue(value, checked, "", errors);
  if (!hasRules(checked)) return errors;
  if (errors.some(({ reason }) => BLOCKING.has(reason))) return [...errors, NOT_CHECKED];
  return [
    ...errors,
    ...evaluateRules(checked, withShortMeta(object), old === undefined ? undefined : withShortMeta(old)),
  ];
}

/** What rules see of an object: of metadata only the names. */
function withShortMeta({ metadata: { name, generateName }, ...rest }: ApiObject): Record<string, unknown> {
  const metadata = { ...(name === undefined ? {} : { name }), ...(generateName === undefined ? {} : { generateName }) };
  return { ...rest, metadata };
}
