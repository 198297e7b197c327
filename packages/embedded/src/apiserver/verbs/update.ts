import type { Resource } from "@tenantry/sdk";
import type { ApiCall } from "../api-server.js";
import { recordUpdate } from "../apply/record-update.js";
import { type ApiObject, equalJson, isRecord } from "../object/api-object.js";
import { decodeBody } from "../object/decode-body.js";
import {
  badRequest,
  conflict,
  invalidCall,
  invalidObject,
  notFound,
  qualifiedResource,
  staleWrite,
} from "../object/failures.js";
import { invalid } from "../object/field-error.js";
import { fromStored } from "../object/stored-form.js";
import { keyOf, type ServedKind } from "../served-kind.js";
import { type ServerContext, type Target, targetOf, type Written } from "../server-context.js";
import { admit } from "./admit.js";
import { commitChange } from "./commit.js";
import { writeNew } from "./create.js";

export async function updateObject(context: ServerContext, call: ApiCall): Promise<Written> {
  const target = targetOf(context, call);
  const { kind, name } = target;
  const { resource } = kind.definition;
  const { object, warnings } = decodeBody(kind, call.body, call.fieldValidation);
  checkIdentity(object, target);
  const key = keyOf(kind, target.namespace, name);
  const isThere = (await context.store.get(key)) !== undefined;
  if (!isThere && !kind.rules.createsOnUpdate) throw notFound(resource, name);
  const givenVersion = object.metadata.resourceVersion ?? "";
  if (givenVersion === "" && !kind.definition.allowsUnconditionalUpdate) {
    const subject = qualifiedResource(resource);
    const cause = invalid("metadata.resourceVersion", 0, "must be specified for an update");
    throw invalidCall({ subject, kind: resource.plural, group: resource.group }, name, [cause]);
  }
  if (kind.rules.createsOnUpdate && (call.subresource ?? "") === "" && !isThere) {
    delete object.metadata.resourceVersion;
    return writeNew(context, kind, object, call, { warnings, recordManager: true });
  }
  const written = await changeObject(context, target, call, () => ({ object, warnings: [], recordManager: true }));
  return { ...written, warnings: [...warnings, ...written.warnings] };
}

/** What a change wants the object to be. */
export interface Wanted {
  readonly object: ApiObject;
  readonly warnings: readonly string[];
  readonly recordManager: boolean;
  /** The subresource that the manager is recorded for, where it is not the call's. */
  readonly recordedFor?: string | undefined;
}

/**
 * Reads, changes and writes one object, again when somebody else wrote meanwhile, unless the wish names the resourceVersion it was
 * made for. Source of the order of steps: apiserver/pkg/registry/generic/registry/store.go Update and registry/rest/update.go.
 */
export async function changeObject(
  context: ServerContext,
  target: Target,
  call: ApiCall,
  want: (old: ApiObject) => Wanted,
): Promise<Written> {
  const { kind, name, namespace } = target;
  const { resource } = kind.definition;
  const key = keyOf(kind, namespace, name);
  for (;;) {
    const stored = await context.store.get(key);
    if (stored === undefined) throw notFound(resource, name);
    const old = fromStored(kind, stored.value, stored.revision);
    const wanted = want(old);
    checkPreconditions(kind, call, wanted.object, old);
    const subresource = call.subresource === "" ? undefined : call.subresource;
    const prepared = prepare(kind, wanted.object, old, subresource);
    const recorded = wanted.recordManager
      ? recordUpdate(kind, prepared, old, call.fieldManager, wanted.recordedFor ?? subresource, context.now())
      : prepared;
    const { object, warnings } = admit(kind, "update", recorded, old, subresource);
    const answer = { httpStatus: 200, warnings: [...wanted.warnings, ...warnings] };
    if (sameButTimes(object, old)) return { ...answer, object: old };
    if (call.dryRun === true) return { ...answer, object };
    const isFinal = isFinished(kind, object);
    const written = await commitChange(context, kind, object, isFinal ? "delete" : "put", stored.revision);
    if (written !== undefined) {
      // Nobody reads the version of an object that is gone: the answer shows the last one that was stored.
      return {
        ...answer,
        object: isFinal
          ? { ...written, metadata: { ...written.metadata, resourceVersion: old.metadata.resourceVersion } }
          : written,
      };
    }
    if ((wanted.object.metadata.resourceVersion ?? "") !== "") throw staleWrite(resource, name);
  }
}

/** Nothing holds a terminating object any more. */
export function isFinished(kind: ServedKind, object: ApiObject): boolean {
  const { deletionTimestamp, finalizers } = object.metadata;
  return deletionTimestamp !== undefined && (finalizers ?? []).length === 0 && !kind.rules.isHeld(object);
}

/** Refuses an object that is not the one that the call names. */
export function checkIdentity({ metadata }: ApiObject, { kind, name, namespace }: Target): void {
  if ((metadata.name ?? "") === "") {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (kind.definition.resource.scope === "Cluster") delete metadata.namespace;
  else if ((metadata.namespace ?? "") !== "" && metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  } else metadata.namespace = namespace;
}

function checkPreconditions(kind: ServedKind, { verb }: ApiCall, { metadata }: ApiObject, old: ApiObject): void {
  const { resource } = kind.definition;
  const name = old.metadata.name ?? "";
  if ((metadata.resourceVersion ?? "") !== "" && metadata.resourceVersion !== old.metadata.resourceVersion) {
    throw staleWrite(resource, name);
  }
  if (verb !== "update") checkImmutable(resource, metadata, old, "uid");
  else if ((metadata.uid ?? "") !== "" && metadata.uid !== old.metadata.uid) {
    const why = `StorageError: invalid object, Code: 4, Key: ${registryKey(kind, old)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid}`;
    throw conflict(resource, name, why);
  }
  checkImmutable(resource, metadata, old, "deletionTimestamp");
}

/** As etcd would have it. */
function registryKey(kind: ServedKind, { metadata }: ApiObject): string {
  return `/registry${keyOf(kind, metadata.namespace, metadata.name ?? "").replace(/^\/core\//, "/")}`;
}

/** Leaving it out keeps it. */
function checkImmutable(
  resource: Resource,
  metadata: ApiObject["metadata"],
  old: ApiObject,
  field: "uid" | "deletionTimestamp",
): void {
  const given = metadata[field];
  if (given === undefined || given === "" || given === old.metadata[field]) return;
  const cause = invalid(`metadata.${field}`, given, "field is immutable");
  throw invalidObject(resource, old.metadata.name ?? "", [cause]);
}

/** Keeps what the server alone decides and what the subresource does not cover. */
function prepare(kind: ServedKind, wanted: ApiObject, old: ApiObject, subresource: string | undefined): ApiObject {
  const { hasGeneration, subresources } = kind.definition;
  const hasStatus = subresources.includes("status");
  let object: ApiObject;
  if (subresource === "status") {
    const { status: _, ...rest } = old;
    const managedFields = wanted.metadata.managedFields;
    object = { ...rest, metadata: { ...old.metadata, ...(managedFields === undefined ? {} : { managedFields }) } };
    if (wanted.status !== undefined) object.status = wanted.status;
  } else {
    object = { ...wanted, metadata: keepSystemMeta(wanted, old) };
    if (hasStatus) {
      delete object.status;
      if (old.status !== undefined) object.status = old.status;
    }
  }
  kind.rules.prepareUpdate(object, old, subresource);
  if (hasGeneration) {
    const changed = contentOf(object, hasStatus);
    if (!equalJson(changed, contentOf(old, hasStatus))) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  return object;
}

function keepSystemMeta({ metadata: wanted }: ApiObject, { metadata: old }: ApiObject): ApiObject["metadata"] {
  const { labels, annotations, ownerReferences, finalizers } = wanted;
  const given = wanted.managedFields;
  // `[]` and `[{}]` ask for a reset; leaving the field out keeps it.
  const isReset = given?.every((entry) => Object.keys(entry).length === 0);
  const managedFields = given === undefined ? old.managedFields : isReset === true ? undefined : given;
  const { labels: _1, annotations: _2, ownerReferences: _3, finalizers: _4, managedFields: _5, ...system } = old;
  return {
    ...system,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(finalizers === undefined ? {} : { finalizers }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
}

function contentOf(object: ApiObject, hasStatus: boolean): Record<string, unknown> {
  const { apiVersion: _1, kind: _2, metadata: _3, status, ...content } = object;
  return hasStatus || status === undefined ? content : { ...content, status };
}

/** Whether writing would change nothing but the times in managedFields. */
function sameButTimes(object: ApiObject, old: ApiObject): boolean {
  return equalJson(withoutTimes(object), withoutTimes(old));
}

function withoutTimes(object: ApiObject): ApiObject {
  const { resourceVersion: _, managedFields, ...metadata } = object.metadata;
  const entries = (managedFields ?? []).filter(isRecord).map(({ time: _time, ...entry }) => entry);
  return { ...object, metadata: { ...metadata, managedFields: entries } };
}
