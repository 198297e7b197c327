import { NAMESPACES } from "@tenantry/sdk";
import type { StoredValue } from "../../store/store.js";
import type { ApiObject } from "../object/api-object.js";
import { forbiddenCall, notFound } from "../object/failures.js";
import { fromStored, toStored } from "../object/stored-form.js";
import { keyOf, keyPrefixOf, type ServedKind } from "../served-kind.js";
import type { ServerContext } from "../server-context.js";

interface CommitOutcome {
  readonly object: ApiObject;
  /** What stood in the way; then nothing was written. */
  readonly found: StoredValue | undefined;
}

/**
 * Stores an object where there is none. Its namespace is checked in the same commit, so nothing is ever made in a namespace that
 * has gone meanwhile.
 */
export async function commitNew(
  context: ServerContext,
  kind: ServedKind,
  object: ApiObject,
  dryRun: boolean,
): Promise<CommitOutcome> {
  const key = keyOf(kind, object.metadata.namespace, object.metadata.name ?? "");
  for (;;) {
    const namespace = await openNamespace(context, kind, object);
    if (dryRun) return { object, found: await context.store.get(key) };
    const result = await context.store.commit([
      ...(namespace === undefined
        ? []
        : [{ type: "check" as const, key: namespace.key, ifRevision: namespace.revision }]),
      { type: "put", key, value: () => toStored(kind, object), ifRevision: 0 },
    ]);
    if (result.committed) return { object: written(kind, object, result.revision), found: undefined };
    if (result.key === key) return { object, found: result.found };
  }
}

/** Replaces or removes what stands at `revision`; undefined when something else stands there by now. */
export async function commitChange(
  context: ServerContext,
  kind: ServedKind,
  object: ApiObject,
  change: "put" | "delete",
  revision: number,
): Promise<ApiObject | undefined> {
  const key = keyOf(kind, object.metadata.namespace, object.metadata.name ?? "");
  const result = await context.store.commit([
    change === "put"
      ? { type: "put", key, value: () => toStored(kind, object), ifRevision: revision }
      : { type: "delete", key, ifRevision: revision },
  ]);
  if (!result.committed) return undefined;
  return written(kind, object, result.revision, change);
}

function written(kind: ServedKind, object: ApiObject, revision: number, change: "put" | "delete" = "put"): ApiObject {
  const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
  kind.rules.written(stored, change);
  return stored;
}

const NAMESPACE_KEYS = keyPrefixOf(NAMESPACES);

async function openNamespace(
  context: ServerContext,
  kind: ServedKind,
  { metadata }: ApiObject,
): Promise<StoredValue | undefined> {
  if (kind.definition.resource.scope === "Cluster") return undefined;
  const name = metadata.namespace ?? "";
  const stored = await context.store.get(NAMESPACE_KEYS + name);
  if (stored === undefined) throw notFound(NAMESPACES, name);
  const namespace = fromStored(context.registry.require(NAMESPACES), stored.value, stored.revision);
  if (namespace.metadata.deletionTimestamp !== undefined) {
    throw forbiddenCall(
      kind.definition.resource,
      metadata.name ?? "",
      `unable to create new content in namespace ${name} because it is being terminated`,
      [
        {
          reason: "NamespaceTerminating",
          message: `namespace ${name} is being terminated`,
          field: "metadata.namespace",
        },
      ],
    );
  }
  return stored;
}
