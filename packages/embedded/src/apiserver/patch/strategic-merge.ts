import { cloneJson, equalJson, getOwn, isRecord, type JsonRecord, setOwn } from "../object/api-object.js";
import { badRequest } from "../object/failures.js";
import type { JsonSchema } from "../resource-definition.js";
import { fieldSchema } from "../schema/prune.js";

const DELETE_PRIMITIVES = "$deleteFromPrimitiveList/";
const ELEMENT_ORDER = "$setElementOrder/";

/**
 * Kubernetes' merge patch for built-in kinds: lists whose items have a key merge by it. The key is the first of the schema's map keys.
 * Source: apimachinery/pkg/util/strategicpatch/patch.go.
 */
export function strategicMerge(target: unknown, patch: unknown, schema: JsonSchema): unknown {
  if (!isRecord(patch)) return cloneJson(patch);
  const directive = patch.$patch;
  if (directive === "delete") return {};
  if (directive === "replace") return withoutDirectives(patch);
  if (directive !== undefined && directive !== "merge")
    throw badRequest(`unknown patch directive: ${String(directive)}`);
  const result: JsonRecord = isRecord(target) ? { ...target } : {};
  retainKeys(result, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_PRIMITIVES)) {
      const field = key.slice(DELETE_PRIMITIVES.length);
      const list = getOwn(result, field);
      if (Array.isArray(list) && Array.isArray(value)) {
        setOwn(
          result,
          field,
          list.filter((item) => !value.some((one) => equalJson(one, item))),
        );
      }
    } else if (!key.startsWith("$")) {
      if (value === null) delete result[key];
      else setOwn(result, key, mergeField(getOwn(result, key), value, fieldSchema(schema, key) ?? {}));
    }
  }
  for (const [key, order] of Object.entries(patch)) {
    if (key.startsWith(ELEMENT_ORDER)) reorder(result, key.slice(ELEMENT_ORDER.length), order, schema);
  }
  return result;
}

function mergeField(target: unknown, patch: unknown, schema: JsonSchema): unknown {
  if (isRecord(patch)) return strategicMerge(target, patch, schema);
  if (!Array.isArray(patch) || !Array.isArray(target)) return Array.isArray(patch) ? listFrom(patch) : cloneJson(patch);
  const type = schema["x-kubernetes-list-type"];
  if (type === "set") return [...target, ...patch.filter((item) => !target.some((one) => equalJson(one, item)))];
  const mergeKey = schema["x-kubernetes-list-map-keys"]?.[0];
  if (type !== "map" || mergeKey === undefined) return listFrom(patch);
  return mergeByKey(target, patch, mergeKey, schema.items ?? {});
}

function mergeByKey(
  target: readonly unknown[],
  patch: readonly unknown[],
  mergeKey: string,
  schema: JsonSchema,
): unknown[] {
  if (patch.some((item) => isRecord(item) && item.$patch === "replace" && !Object.hasOwn(item, mergeKey)))
    return listFrom(patch);
  let result = [...target];
  for (const item of patch) {
    if (!isRecord(item)) throw badRequest("an item of a keyed list must be an object");
    const key = getOwn(item, mergeKey);
    if (key === undefined) {
      throw badRequest(`map: ${JSON.stringify(Object.keys(item))} does not contain declared merge key: ${mergeKey}`);
    }
    const isIt = (one: unknown) => equalJson(getOwn(one, mergeKey), key);
    if (item.$patch === "delete") result = result.filter((one) => !isIt(one));
    else if (result.some(isIt)) result = result.map((one) => (isIt(one) ? strategicMerge(one, item, schema) : one));
    else result.push(strategicMerge({}, item, schema));
  }
  return result;
}

function retainKeys(target: JsonRecord, keys: unknown): void {
  if (!Array.isArray(keys)) return;
  for (const key of Object.keys(target)) if (!keys.includes(key)) delete target[key];
}

function reorder(target: JsonRecord, field: string, order: unknown, schema: JsonSchema): void {
  const list = getOwn(target, field);
  if (!Array.isArray(list) || !Array.isArray(order)) return;
  const mergeKey = fieldSchema(schema, field)?.["x-kubernetes-list-map-keys"]?.[0];
  const keyOf = (item: unknown) => JSON.stringify(mergeKey === undefined ? item : getOwn(item, mergeKey));
  const positions = new Map(order.map((item, index) => [keyOf(item), index]));
  const rank = (item: unknown) => positions.get(keyOf(item)) ?? Number.MAX_SAFE_INTEGER;
  setOwn(
    target,
    field,
    list.toSorted((left, right) => rank(left) - rank(right)),
  );
}

/** A list that replaces: items that only carry a directive say how, and are no items. */
function listFrom(patch: readonly unknown[]): unknown[] {
  return patch.filter((item) => !isRecord(item) || item.$patch === undefined).map(withoutDirectives);
}

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isRecord(value)) return value;
  const result: JsonRecord = {};
  for (const [key, inner] of Object.entries(value))
    if (!key.startsWith("$")) setOwn(result, key, withoutDirectives(inner));
  return result;
}
