import { apiVersionOf } from "@tenantry/sdk";
import { type ApiObject, timestamp } from "../object/api-object.js";
import type { ServedKind } from "../served-kind.js";
import { FieldSet } from "./field-set.js";
import { isSameManager, type Manager, type ManagerKey, managerName, readManagers, writeManagers } from "./managers.js";
import { compareFields } from "./typed-operations.js";
import { trackedPart, typedSchema } from "./typed-value.js";

/** Records who wrote the fields of a new object. */
export function recordCreate(kind: ServedKind, object: ApiObject, manager: string | undefined, now: Date): ApiObject {
  const { managedFields: _, ...metadata } = object.metadata;
  const empty: ApiObject = { apiVersion: object.apiVersion, kind: object.kind, metadata: {} };
  return recordUpdate(kind, { ...object, metadata }, empty, manager, undefined, now);
}

/**
 * Records who changed what, for every write that is no apply: the writer owns what it added or changed, the others lose it.
 * Source: structured-merge-diff merge/update.go Updater.Update.
 */
export function recordUpdate(
  kind: ServedKind,
  object: ApiObject,
  old: ApiObject,
  manager: string | undefined,
  subresource: string | undefined,
  now: Date,
): ApiObject {
  const managers = readManagers(object.metadata.managedFields);
  const { added, modified, removed } = compareFields(
    trackedPart(old),
    trackedPart(object),
    typedSchema(kind.definition.schema),
  );
  const written = added.union(modified);
  const lost = written.union(removed);
  if (lost.isEmpty) return object;
  const self: ManagerKey = {
    manager: managerName(manager),
    operation: "Update",
    apiVersion: apiVersionOf(kind.definition.resource),
    subresource,
  };
  const mine = managers.find((one) => isSameManager(one, self));
  const others = managers
    .filter((one) => one !== mine)
    .map((one): Manager => ({ ...one, fields: one.fields.difference(lost) }));
  const fields = (mine?.fields ?? new FieldSet()).difference(removed).union(written);
  const managedFields = writeManagers([...others, { ...self, time: timestamp(now), fields }]);
  return withManagers(object, managedFields);
}

export function withManagers(object: ApiObject, managedFields: ReturnType<typeof writeManagers>): ApiObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields.length === 0 ? metadata : { ...metadata, managedFields } };
}
