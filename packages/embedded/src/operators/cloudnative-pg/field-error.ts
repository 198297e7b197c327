import type { StatusCause } from "@tenantry/sdk";

/** Source: apimachinery pkg/util/validation/field/errors.go: the words and reasons that Kubernetes uses for a wrong field. */
export function invalidValue(field: string, value: unknown, detail: string): StatusCause {
  const shown = value === undefined ? "null" : JSON.stringify(value);
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${shown}: ${detail}` };
}

export function forbidden(field: string, detail: string): StatusCause {
  return { reason: "FieldValueForbidden", field, message: `Forbidden: ${detail}` };
}

export function required(field: string, detail: string): StatusCause {
  return { reason: "FieldValueRequired", field, message: `Required value: ${detail}` };
}
