import { apiVersionOf } from "@tenantry/sdk";
import { type ApiCall, ApiError } from "../api-server.js";
import type { ApiObject, JsonRecord } from "../object/api-object.js";
import { methodNotAllowed, unsupportedMethod } from "../object/failures.js";
import { kindOf, type ServerContext } from "../server-context.js";
import { deleteTarget, readDeleteOptions } from "./delete.js";
import { continueOf, listItems, selectObjects } from "./list.js";

/** Deletes what a list would show and answers with that list: each item as it was found. */
export async function deleteCollection(context: ServerContext, call: ApiCall): Promise<JsonRecord> {
  const kind = kindOf(context, call);
  const { resource } = kind.definition;
  const isWhole = resource.scope === "Namespaced" && (call.namespace ?? "") === "";
  if (isWhole) throw methodNotAllowed(resource, "deletecollection");
  if (resource.plural === "namespaces") throw unsupportedMethod();
  readDeleteOptions(call.body);
  const { items, revision } = await selectObjects(context, kind, call);
  const deleted: ApiObject[] = [];
  for (const item of items) {
    const { metadata } = item;
    try {
      const target = { kind, namespace: metadata.namespace, name: metadata.name ?? "" };
      await deleteTarget(context, target, call);
      deleted.push(item);
    } catch (error) {
      // Somebody else was faster: what is gone needs no deleting.
      if (!(error instanceof ApiError) || error.code !== 404) throw error;
    }
  }
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(revision), ...continueOf(kind) },
    items: listItems(kind, deleted),
  };
}
