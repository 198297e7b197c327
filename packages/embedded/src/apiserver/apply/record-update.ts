import type { ApiObject } from "../object/api-object.js";
import type { ServedKind } from "../served-kind.js";

export function recordCreate(
  _kind: ServedKind,
  object: ApiObject,
  _manager: string | undefined,
  _now: Date,
): ApiObject {
  return object;
}

export function recordUpdate(
  _kind: ServedKind,
  object: ApiObject,
  _old: ApiObject,
  _manager: string | undefined,
  _subresource: string | undefined,
  _now: Date,
): ApiObject {
  return object;
}
