import { apiVersionOf } from "@tenantry/sdk";
import type { ResourceDefinition } from "../../resource-definition.js";
import { resourceVerbs, subresourceVerbs } from "../discovery/resource-verbs.js";
import { groupVersionKind, reference, schemaName } from "./kind-schema.js";

const OBJECT_TYPES = ["application/json", "application/yaml"];
/**
 * Strategic merge patches of built-in kinds are understood but not named here: kubectl takes the name as a promise that the schemas
 * carry every merge key, and otherwise knows the keys of built-in kinds by itself.
 * Source: kubectl pkg/cmd/apply/patcher.go, gvkSupportsPatchOpenAPIV3.
 */
const PATCH_TYPES = ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"];

const DRY_RUN = query("dryRun", "string", "When present, indicates that modifications should not be persisted.");
const FIELD_MANAGER = query(
  "fieldManager",
  "string",
  "Name associated with the actor or entity that is making these changes.",
);
/** kubectl looks for this one to know whether the server validates fields. */
const FIELD_VALIDATION = query(
  "fieldValidation",
  "string",
  "Instructs the server on how to handle objects in the request containing unknown or duplicate fields: Ignore, Warn or Strict.",
);
const WRITE = [DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION];
const PATCH = [...WRITE, query("force", "boolean", 'Force is going to "force" Apply requests.')];
const LIST = [
  query("labelSelector", "string", "A selector to restrict the list of returned objects by their labels."),
  query("fieldSelector", "string", "A selector to restrict the list of returned objects by their fields."),
  query("limit", "integer", "The maximum number of responses to return for a list call."),
  query("continue", "string", "Set when retrieving more results from the server."),
  query("resourceVersion", "string", "Sets a constraint on what resource versions a request may be served from."),
  query("resourceVersionMatch", "string", "Determines how resourceVersion is applied to list calls."),
  query("timeoutSeconds", "integer", "Timeout for the list/watch call."),
  query("watch", "boolean", "Watch for changes to the described resources and return them as a stream."),
  query("allowWatchBookmarks", "boolean", 'Requests watch events with type "BOOKMARK".'),
  query("sendInitialEvents", "boolean", "Begin the watch stream with synthetic events of the current state."),
];
const DELETE = [
  DRY_RUN,
  query("gracePeriodSeconds", "integer", "The duration in seconds before the object should be deleted."),
  query("propagationPolicy", "string", "Whether and how garbage collection will be performed."),
];

/** The paths of one kind, with its verbs and their query parameters. */
export function kindPaths(definition: ResourceDefinition): Record<string, unknown> {
  const { resource, subresources } = definition;
  const { group, version, plural, scope } = resource;
  const root = `/${group === "" ? "api" : "apis"}/${apiVersionOf({ group, version })}`;
  const namespaced = scope === "Namespaced";
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const pathParameters = namespaced ? [pathParameter("namespace")] : [];
  const named = { parameters: [...pathParameters, pathParameter("name")] };
  const operation = createOperation(definition);
  const list = `${schemaName(definition)}List`;
  const verbs = resourceVerbs(definition);
  const paths: Record<string, unknown> = {
    [collection]: {
      get: operation("list", LIST, list),
      post: operation("post", WRITE, undefined, OBJECT_TYPES),
      ...(verbs.includes("deletecollection") ? { delete: operation("deletecollection", [...DELETE, ...LIST]) } : {}),
      ...(namespaced ? { parameters: pathParameters } : {}),
    },
    [`${collection}/{name}`]: {
      get: operation("get", []),
      put: operation("put", WRITE, undefined, OBJECT_TYPES),
      patch: operation("patch", PATCH, undefined, PATCH_TYPES),
      delete: operation("delete", DELETE, undefined, OBJECT_TYPES),
      ...named,
    },
  };
  if (namespaced) paths[`${root}/${plural}`] = { get: operation("list", LIST, list) };
  for (const subresource of subresources) {
    const allowed = subresourceVerbs(subresource);
    paths[`${collection}/{name}/${subresource}`] = {
      ...(allowed.includes("get") ? { get: operation("get", []) } : {}),
      put: operation("put", WRITE, undefined, OBJECT_TYPES),
      ...(allowed.includes("patch") ? { patch: operation("patch", PATCH, undefined, PATCH_TYPES) } : {}),
      ...named,
    };
  }
  return paths;
}

function createOperation(definition: ResourceDefinition) {
  return (
    action: string,
    parameters: readonly unknown[],
    schema = schemaName(definition),
    bodyTypes: readonly string[] = [],
  ) => ({
    tags: [apiVersionOf(definition.resource).replaceAll(/[./]/g, "_")],
    parameters,
    ...(bodyTypes.length === 0 ? {} : { requestBody: { content: content(bodyTypes, bodySchema(action, definition)) } }),
    responses: {
      200: { description: "OK", content: content(OBJECT_TYPES, reference(schema)) },
      401: { description: "Unauthorized" },
    },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": groupVersionKind(definition),
  });
}

function bodySchema(action: string, definition: ResourceDefinition): unknown {
  return action === "post" || action === "put" ? reference(schemaName(definition)) : { type: "object" };
}

function content(types: readonly string[], schema: unknown): Record<string, unknown> {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function query(name: string, type: string, description: string) {
  return { name, in: "query", description, schema: { type, uniqueItems: true } };
}

function pathParameter(name: string) {
  return { name, in: "path", required: true, description: `${name} of the object`, schema: { type: "string" } };
}
