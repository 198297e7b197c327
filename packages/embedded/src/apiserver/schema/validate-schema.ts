import type { ApiObject } from "../object/api-object.js";
import type { FieldError } from "../object/field-error.js";
import type { JsonSchema } from "../resource-definition.js";

export function validateSchema(_object: ApiObject, _schema: JsonSchema, _old: ApiObject | undefined): FieldError[] {
  return [];
}
