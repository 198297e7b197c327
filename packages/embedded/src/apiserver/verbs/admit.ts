import type { ApiObject } from "../object/api-object.js";
import { cloneJson } from "../object/api-object.js";
import { invalidObject } from "../object/failures.js";
import { validateMeta, validateMetaUpdate } from "../object/validate-meta.js";
import { validateSchema } from "../schema/validate-schema.js";
import type { ServedKind } from "../served-kind.js";

export interface Admitted {
  readonly object: ApiObject;
  readonly warnings: readonly string[];
}

/** Lets the operators' admission change the object, then refuses it with every cause that there is. */
export function admit(
  kind: ServedKind,
  operation: "create" | "update",
  prepared: ApiObject,
  oldObject: ApiObject | undefined,
  subresource?: string,
): Admitted {
  const { admission, resource, schema } = kind.definition;
  let object = prepared;
  for (const { mutate } of admission) {
    if (mutate === undefined) continue;
    // Mutators get copies: what they keep must not change under us, nor what they change under the store.
    object = cloneJson(mutate({ operation, object: cloneJson(object), oldObject })) as ApiObject;
  }
  const name = object.metadata.name ?? "";
  const causes = [
    ...validateMeta(kind, object),
    ...(oldObject === undefined ? [] : validateMetaUpdate(object, oldObject)),
    ...(schema === undefined || kind.definition.builtIn
      ? []
      : validateSchema(object, schema, oldObject, subresource === "status" ? "status" : undefined)),
    ...kind.rules.validate(object, oldObject),
  ];
  if (causes.length > 0) throw invalidObject(resource, name, causes);
  const warnings: string[] = [...kind.rules.warn(object)];
  for (const { validate } of admission) {
    if (validate === undefined) continue;
    const verdict = validate({ operation, object, oldObject });
    if (verdict.causes.length > 0) throw invalidObject(resource, name, verdict.causes);
    warnings.push(...verdict.warnings);
  }
  return { object, warnings };
}
