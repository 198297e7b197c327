import { apiVersionOf } from "@tenantry/sdk";
import { applyDefaults } from "../schema/apply-defaults.js";
import { prune } from "../schema/prune.js";
import type { ServedKind } from "../served-kind.js";
import type { ApiObject } from "./api-object.js";

/** The text that is stored: without the resourceVersion, which is the revision of the write, and in the storage version. */
export function toStored(kind: ServedKind, object: ApiObject): string {
  const { group } = kind.definition.resource;
  return JSON.stringify({
    ...object,
    apiVersion: apiVersionOf({ group, version: kind.storageVersion }),
    metadata: { ...object.metadata, resourceVersion: undefined },
  });
}

/** The object as the version of `kind` shows it. Each call gives a copy of its own. */
export function fromStored(kind: ServedKind, text: string, writtenAt: number, resourceVersion = writtenAt): ApiObject {
  const object = JSON.parse(text) as ApiObject;
  const { resource, schema } = kind.definition;
  object.apiVersion = apiVersionOf(resource);
  object.metadata.resourceVersion = String(resourceVersion);
  if (schema !== undefined && (writtenAt < kind.schemaRevision || resource.version !== kind.storageVersion)) {
    prune(object, schema, { isRoot: true });
    applyDefaults(object, schema);
  }
  return object;
}
