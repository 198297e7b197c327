import { isStatus } from "@tenantry/sdk";
import type { ApiCall } from "../api-server.js";
import { type ApiObject, isRecord, type JsonRecord, timestamp } from "../object/api-object.js";
import { badRequest, invalidOptions, methodNotAllowed, notFound, unmetPrecondition } from "../object/failures.js";
import { invalid, notSupported } from "../object/field-error.js";
import { fromStored } from "../object/stored-form.js";
import { keyOf, type ServedKind } from "../served-kind.js";
import { type ServerContext, type Target, targetOf } from "../server-context.js";
import { commitChange } from "./commit.js";
import { isFinished } from "./update.js";

interface DeleteOptions {
  readonly propagationPolicy: string | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

export interface Deleted {
  readonly httpStatus: number;
  /** The object while something still holds it, else a `Status` of success. */
  readonly body: JsonRecord;
  /** The object as it was when it went, or as it waits. */
  readonly object: ApiObject;
}

export async function deleteObject(context: ServerContext, call: ApiCall): Promise<Deleted> {
  const target = targetOf(context, call);
  if ((call.subresource ?? "") !== "") throw methodNotAllowed(target.kind.definition.resource, "delete");
  return deleteTarget(context, target, call);
}

/** Source: apiserver/pkg/registry/generic/registry/store.go Delete and registry/rest/delete.go. */
export async function deleteTarget(context: ServerContext, target: Target, call: ApiCall): Promise<Deleted> {
  const { kind, name, namespace } = target;
  const { resource } = kind.definition;
  const options = readDeleteOptions(call.body);
  const key = keyOf(kind, namespace, name);
  for (;;) {
    const stored = await context.store.get(key);
    if (stored === undefined) throw notFound(resource, name);
    const old = fromStored(kind, stored.value, stored.revision);
    checkPreconditions(kind, old, options);
    kind.rules.checkDelete(old);
    const object = markDeleting(context, kind, old, options);
    if (isFinished(kind, object)) {
      const success = successStatus(kind, object);
      if (call.dryRun === true) return { httpStatus: 200, body: success, object };
      const gone = await commitChange(
        context,
        kind,
        old.metadata.deletionTimestamp === undefined ? old : object,
        "delete",
        stored.revision,
      );
      if (gone !== undefined) return { httpStatus: 200, body: success, object: gone };
    } else {
      if (object === old) return { httpStatus: 200, body: old, object: old };
      if (call.dryRun === true) return { httpStatus: 200, body: object, object };
      const waiting = await commitChange(context, kind, object, "put", stored.revision);
      if (waiting !== undefined) return { httpStatus: 200, body: waiting, object: waiting };
    }
  }
}

function markDeleting(context: ServerContext, kind: ServedKind, old: ApiObject, options: DeleteOptions): ApiObject {
  const finalizers = propagationFinalizers(old.metadata.finalizers ?? [], options.propagationPolicy);
  const isNew = old.metadata.deletionTimestamp === undefined;
  if (!isNew && finalizers.length === (old.metadata.finalizers ?? []).length) return old;
  const { generation } = old.metadata;
  const object: ApiObject = {
    ...old,
    metadata: {
      ...old.metadata,
      ...(isNew ? { deletionTimestamp: timestamp(context.now()), ...gracePeriodOf(kind) } : {}),
      ...(isNew && generation !== undefined && generation > 0 ? { generation: generation + 1 } : {}),
      ...(finalizers.length === 0 ? {} : { finalizers: [...finalizers] }),
    },
  };
  if (isNew) kind.rules.beginDelete(object);
  return object;
}

/** Namespaces are marked by a strategy of their own, which names no period. */
function gracePeriodOf({ definition: { resource } }: ServedKind): { readonly deletionGracePeriodSeconds?: 0 } {
  return resource.group === "" && resource.plural === "namespaces" ? {} : { deletionGracePeriodSeconds: 0 };
}

function propagationFinalizers(present: readonly string[], policy: string | undefined): readonly string[] {
  if (policy === undefined) return present;
  const others = present.filter((one) => one !== "orphan" && one !== "foregroundDeletion");
  if (policy === "Orphan") return [...others, "orphan"];
  return policy === "Foreground" ? [...others, "foregroundDeletion"] : others;
}

function successStatus(kind: ServedKind, { metadata }: ApiObject): JsonRecord {
  const { group, plural } = kind.definition.resource;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name: metadata.name, ...(group === "" ? {} : { group }), kind: plural, uid: metadata.uid },
  };
}

function checkPreconditions(kind: ServedKind, { metadata }: ApiObject, { uid, resourceVersion }: DeleteOptions): void {
  const { resource } = kind.definition;
  const name = metadata.name ?? "";
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw unmetPrecondition(resource, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    throw unmetPrecondition(resource, name, why);
  }
}

const POLICIES = ["Foreground", "Background", "Orphan", "nil"];

export function readDeleteOptions(body: unknown): DeleteOptions {
  if (body === undefined || body === null)
    return { propagationPolicy: undefined, uid: undefined, resourceVersion: undefined };
  if (!isRecord(body) || isStatus(body) || (body.kind !== undefined && body.kind !== "DeleteOptions")) {
    throw badRequest("the body of a delete must be a DeleteOptions object");
  }
  const { propagationPolicy, orphanDependents, preconditions } = body;
  const path = "propagationPolicy";
  if (propagationPolicy !== undefined && propagationPolicy !== null) {
    if (orphanDependents !== undefined && orphanDependents !== null) {
      const detail = "orphanDependents and deletionPropagation cannot be both set";
      throw invalidOptions("DeleteOptions", [invalid(path, propagationPolicy, detail)]);
    }
    if (typeof propagationPolicy !== "string" || !POLICIES.slice(0, 3).includes(propagationPolicy)) {
      throw invalidOptions("DeleteOptions", [notSupported(path, propagationPolicy, POLICIES)]);
    }
  }
  if (preconditions !== undefined && preconditions !== null && !isRecord(preconditions)) {
    throw badRequest("preconditions of DeleteOptions must be an object");
  }
  const policy = typeof orphanDependents === "boolean" ? (orphanDependents ? "Orphan" : "Background") : undefined;
  return {
    propagationPolicy: typeof propagationPolicy === "string" ? propagationPolicy : policy,
    uid: textOf(preconditions, "uid"),
    resourceVersion: textOf(preconditions, "resourceVersion"),
  };
}

function textOf(record: unknown, field: string): string | undefined {
  const value = isRecord(record) ? record[field] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badRequest(`preconditions.${field} of DeleteOptions must be a string`);
  return value;
}
