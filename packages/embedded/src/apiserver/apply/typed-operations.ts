import { cloneJson, equalJson, isRecord, setOwn } from "../object/api-object.js";
import type { JsonSchema } from "../resource-definition.js";
import { fieldSchema } from "../schema/prune.js";
import { FieldSet } from "./field-set.js";
import { childrenOf, elementOf, isDeclaredField, shapeOf } from "./typed-value.js";

// Source of the four operations: sigs.k8s.io/structured-merge-diff/typed (tofieldset.go, compare.go, merge.go, remove.go).

/** The fields that someone who applies `value` owns. */
export function fieldsOf(value: unknown, schema: JsonSchema): FieldSet {
  const set = new FieldSet();
  collect(value, schema, set);
  set.isMember = false;
  return set;
}

function collect(value: unknown, schema: JsonSchema, node: FieldSet): void {
  const shape = shapeOf(value, schema);
  const children = shape === "whole" ? undefined : childrenOf(value, schema);
  if (children === undefined || children.size === 0) {
    node.isMember = true;
    return;
  }
  for (const [element, [inner, innerSchema]] of children) {
    const child = node.child(element);
    if (shape === "list" || !isDeclaredField(schema, element.slice(2))) child.isMember = true;
    collect(inner, innerSchema, child);
  }
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** What changed between two tracked parts. Metadata itself is always there. */
export function compareFields(before: unknown, after: unknown, schema: JsonSchema): Comparison {
  const result = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  compareAt({ metadata: {}, ...Object(before) }, { metadata: {}, ...Object(after) }, schema, [], result);
  for (const set of Object.values(result)) set.isMember = false;
  return result;
}

function compareAt(
  before: unknown,
  after: unknown,
  schema: JsonSchema,
  path: readonly string[],
  result: Comparison,
): void {
  if (before === undefined && after === undefined) return;
  if (before === undefined || after === undefined) {
    const set = before === undefined ? result.added : result.removed;
    insertAll(before ?? after, schema, path, set);
    return;
  }
  const shape = shapeOf(after, schema);
  if (shape === "whole" || shapeOf(before, schema) !== shape) {
    if (!equalJson(before, after)) result.modified.insert(path);
    return;
  }
  const olds = childrenOf(before, schema);
  const news = childrenOf(after, schema);
  for (const element of new Set([...olds.keys(), ...news.keys()])) {
    const [old, oldSchema] = olds.get(element) ?? [undefined, {}];
    const [now, nowSchema] = news.get(element) ?? [undefined, oldSchema];
    compareAt(old, now, nowSchema, [...path, element], result);
  }
}

function insertAll(value: unknown, schema: JsonSchema, path: readonly string[], set: FieldSet): void {
  set.insert(path);
  if (shapeOf(value, schema) === "whole") return;
  for (const [element, [inner, innerSchema]] of childrenOf(value, schema)) {
    insertAll(inner, innerSchema, [...path, element], set);
  }
}

/** `config` laid over `live`. */
export function mergeTyped(live: unknown, config: unknown, schema: JsonSchema): unknown {
  const shape = shapeOf(config, schema);
  if (shape === "whole" || shapeOf(live, schema) !== shape) return cloneJson(config);
  if (isRecord(config) && isRecord(live)) {
    const result = { ...live };
    for (const [key, inner] of Object.entries(config)) {
      setOwn(
        result,
        key,
        mergeTyped(Object.hasOwn(live, key) ? live[key] : undefined, inner, fieldSchema(schema, key) ?? {}),
      );
    }
    return result;
  }
  if (!Array.isArray(config) || !Array.isArray(live)) return cloneJson(config);
  const wanted = new Map(config.map((item) => [elementOf(item, schema), item]));
  const merged = live.map((item) => {
    const element = elementOf(item, schema);
    if (!wanted.has(element)) return item;
    const over = wanted.get(element);
    wanted.delete(element);
    return mergeTyped(item, over, schema.items ?? {});
  });
  return [...merged, ...[...wanted.values()].map(cloneJson)];
}

/** Takes away what was applied before and nobody owns now, with the maps and items that this leaves without an owner. */
export function removeUnowned(value: unknown, schema: JsonSchema, last: FieldSet, owned: FieldSet): unknown {
  if (shapeOf(value, schema) === "whole") return value;
  const isGone = (element: string) => {
    const node = last.children.get(element);
    return node !== undefined && (owned.children.get(element)?.isEmpty ?? true);
  };
  const prune = (inner: unknown, innerSchema: JsonSchema, element: string) => {
    const node = last.children.get(element);
    const owners = owned.children.get(element) ?? new FieldSet();
    return node === undefined ? inner : removeUnowned(inner, innerSchema, node, owners);
  };
  if (Array.isArray(value)) {
    return value
      .filter((item) => !isGone(elementOf(item, schema)))
      .map((item) => prune(item, schema.items ?? {}, elementOf(item, schema)));
  }
  const result: Record<string, unknown> = {};
  for (const [element, [inner, innerSchema]] of childrenOf(value, schema)) {
    // Metadata always stays: the server's own part of it has no owner on record.
    if (isGone(element) && element !== "f:metadata") continue;
    setOwn(result, element.slice(2), prune(inner, innerSchema, element));
  }
  return result;
}
