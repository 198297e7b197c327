import { apiVersionOf, type StatusCause } from "@tenantry/sdk";
import { ApiError } from "../api-server.js";
import { type ApiObject, cloneJson, equalJson, isRecord, timestamp } from "../object/api-object.js";
import { badRequest, rawFailure } from "../object/failures.js";
import type { JsonSchema } from "../resource-definition.js";
import { prune } from "../schema/prune.js";
import type { ServedKind } from "../served-kind.js";
import { printPath } from "./field-set.js";
import { isSameManager, type Manager, type ManagerKey, managerName, readManagers, writeManagers } from "./managers.js";
import { withManagers } from "./record-update.js";
import { compareFields, fieldsOf, mergeTyped, removeUnowned } from "./typed-operations.js";
import { childrenOf, elementOf, shapeOf, trackedPart, typedSchema } from "./typed-value.js";

export interface ApplyOptions {
  readonly fieldManager: string;
  readonly force: boolean;
  readonly subresource: string | undefined;
  readonly now: Date;
}

/**
 * Lays an applied configuration over the live object: what the manager applied before and omits now goes, unless somebody else owns
 * it; what another manager holds at another value is a conflict, unless forced.
 * Source: structured-merge-diff merge/update.go Updater.Apply, apimachinery managedfields/internal.
 */
export function applyConfiguration(
  kind: ServedKind,
  live: ApiObject,
  config: ApiObject,
  options: ApplyOptions,
): ApiObject {
  const schema = typedSchema(kind.definition.schema);
  const wanted = resetFields(kind, config, options.subresource);
  const applied = trackedPart(wanted);
  checkTyped(kind, config, applied, schema);
  const managers = readManagers(live.metadata.managedFields);
  const self: ManagerKey = {
    manager: managerName(options.fieldManager),
    operation: "Apply",
    apiVersion: apiVersionOf(kind.definition.resource),
    subresource: options.subresource,
  };
  const mine = managers.find((one) => isSameManager(one, self));
  const others = managers.filter((one) => one !== mine);
  const fields = fieldsOf(applied, schema);

  const before = trackedPart(live);
  const owned = others.reduce((all, one) => all.union(one.fields), fields);
  const merged = mergeTyped(before, applied, schema);
  const after = mine === undefined ? merged : removeUnowned(merged, schema, mine.fields, owned);

  const { added, modified, removed } = compareFields(before, after, schema);
  const changed = added.union(modified);
  const conflicts = others.map((one) => ({ one, paths: one.fields.intersection(changed).paths() }));
  if (!options.force && conflicts.some(({ paths }) => paths.length > 0)) throw conflictError(conflicts);

  const lost = changed.union(removed);
  const kept = others.map((one): Manager => ({ ...one, fields: one.fields.difference(lost) }));
  const isSame = mine !== undefined && equalJson(mine.fields.toFieldsV1(), fields.toFieldsV1());
  // Where ownership alone changes, no time is written. Source: managedfields/internal/structuredmerge.go, managedfieldsupdater.go.
  const unchanged = isSame ? mine.time : undefined;
  const time = lost.isEmpty ? unchanged : timestamp(options.now);
  return withManagers(assemble(live, after), writeManagers([...kept, { ...self, time, fields }]));
}

/** The live object with its tracked part replaced. */
function assemble(live: ApiObject, tracked: unknown): ApiObject {
  const { metadata: wantedMeta, ...content } = (isRecord(tracked) ? tracked : {}) as Record<string, unknown>;
  const { labels: _1, annotations: _2, ownerReferences: _3, finalizers: _4, ...system } = live.metadata;
  const metadata = { ...system, ...(isRecord(wantedMeta) ? wantedMeta : {}) };
  return cloneJson({ ...content, apiVersion: live.apiVersion, kind: live.kind, metadata }) as ApiObject;
}

/** Fields that the endpoint does not write are neither set nor owned. */
function resetFields(kind: ServedKind, config: ApiObject, subresource: string | undefined): ApiObject {
  if (subresource === "status") {
    const { apiVersion, kind: name, metadata, status } = config;
    const { labels: _1, annotations: _2, ownerReferences: _3, finalizers: _4, ...rest } = metadata;
    return { apiVersion, kind: name, metadata: rest, ...(status === undefined ? {} : { status }) };
  }
  if (!kind.definition.subresources.includes("status")) return config;
  const { status: _, ...rest } = config;
  return rest as ApiObject;
}

function checkTyped(kind: ServedKind, config: ApiObject, applied: Record<string, unknown>, schema: JsonSchema): void {
  const { group, version, kind: name } = kind.definition.resource;
  const { namespace, name: objectName } = config.metadata;
  const place = namespace === undefined ? `/${objectName}` : `${namespace}/${objectName}`;
  const fail = (why: string) => {
    const gvk = `${group === "" ? "/" : `${group}/`}${version}, Kind=${name}`;
    return rawFailure(`failed to create typed patch object (${place}; ${gvk}): ${why}`);
  };
  const undeclared: string[] = [];
  prune(cloneJson(applied), schema, { dropped: (path) => undeclared.push(`.${path}: field not declared in schema`) });
  if (undeclared.length > 0) throw fail(undeclared.join("\n"));
  const repeated = firstDuplicate(applied, schema, []);
  if (repeated !== undefined) throw fail(repeated);
}

function firstDuplicate(value: unknown, schema: JsonSchema, path: readonly string[]): string | undefined {
  const shape = shapeOf(value, schema);
  if (shape === "whole") return undefined;
  if (Array.isArray(value)) {
    const seen = new Set<string>();
    for (const item of value) {
      const element = elementOf(item, schema);
      if (seen.has(element)) return `${printPath(path)}: duplicate entries for key ${printPath([element])}`;
      seen.add(element);
    }
  }
  for (const [element, [inner, innerSchema]] of childrenOf(value, schema)) {
    const found = firstDuplicate(inner, innerSchema, [...path, element]);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Conflict {
  readonly one: Manager;
  readonly paths: readonly (readonly string[])[];
}

/** Source: managedfields/internal/conflict.go. */
function conflictError(found: readonly Conflict[]): ApiError {
  const conflicts = found
    .filter(({ paths }) => paths.length > 0)
    .toSorted((a, b) => (a.one.manager < b.one.manager ? -1 : 1));
  const causes: StatusCause[] = conflicts.flatMap(({ one, paths }) =>
    paths.map((path) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${printManager(one)}`,
      field: printPath(path),
    })),
  );
  const [first] = causes;
  if (causes.length === 1 && first !== undefined) {
    const message = `Apply failed with 1 conflict: ${first.message}: ${first.field}`;
    return new ApiError(409, "Conflict", message, { causes });
  }
  const lines = conflicts.flatMap(({ one, paths }) => [
    `conflicts with ${printManager(one)}:`,
    ...paths.map((path) => `- ${printPath(path)}`),
  ]);
  return new ApiError(409, "Conflict", `Apply failed with ${causes.length} conflicts: ${lines.join("\n")}`, { causes });
}

function printManager({ manager, subresource, operation, apiVersion }: Manager): string {
  const name = `${JSON.stringify(manager)}${subresource === undefined ? "" : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === "Apply" ? name : `${name} using ${apiVersion}`;
}

/** `apps/v1, Kind=Deployment`, `/v1, Kind=Secret`. Source: apimachinery pkg/runtime/schema, GroupVersionKind.String. */
function printType(apiVersion: unknown, kind: unknown): string {
  const text = typeof apiVersion === "string" ? apiVersion : "";
  return `${text.includes("/") ? text : `/${text}`}, Kind=${String(kind)}`;
}

/** Refuses what no applied configuration may hold. */
export function checkConfiguration(kind: ServedKind, body: unknown): void {
  const expected = apiVersionOf(kind.definition.resource);
  if (!isRecord(body)) throw badRequest("error decoding apply patch: the configuration must be an object");
  const isOurs = body.apiVersion === expected && body.kind === kind.definition.resource.kind;
  if (!isOurs) throw badRequest(`invalid object type: ${printType(body.apiVersion, body.kind ?? "")}`);
  const managed = isRecord(body.metadata) ? body.metadata.managedFields : undefined;
  if (managed !== undefined && managed !== null && (!Array.isArray(managed) || managed.length > 0)) {
    throw badRequest("metadata.managedFields must be nil");
  }
}
