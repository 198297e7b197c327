import { invalidArgument } from "../../errors/tenantry-error.js";
import { apiVersionOf } from "../../kubernetes/object.js";
import type { PatchType, TransportRequest, Verb, WatchRequest } from "../transport.js";

export interface HttpRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly path: string;
  readonly contentType?: string | undefined;
  readonly body?: string | undefined;
}

const METHOD: Readonly<Record<Verb, string>> = {
  get: "GET",
  list: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  apply: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

/** Source: apimachinery pkg/types/patch.go. JSON is YAML, so an apply body is sent as JSON. */
const PATCH_CONTENT_TYPE: Readonly<Record<PatchType | "apply", string>> = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

export function toHttpRequest(request: TransportRequest): HttpRequest {
  const { verb } = request;
  const named = verb !== "list" && verb !== "create" && verb !== "deletecollection";
  if (named && request.name === undefined) throw invalidArgument("name", `is needed to ${verb} an object`);
  if (verb === "apply" && !request.fieldManager) throw invalidArgument("fieldManager", "is needed to apply an object");
  if (request.namespace === undefined && verb !== "list" && request.resource.scope === "Namespaced") {
    throw invalidArgument("namespace", `is needed to ${verb} a ${request.resource.kind}`);
  }
  const deletes = verb === "delete" || verb === "deletecollection";
  // A server that gets DeleteOptions in the body does not look at the query.
  const dryRun = request.dryRun === true ? "All" : undefined;
  const body = deletes && request.body !== undefined && dryRun ? { ...request.body, dryRun: [dryRun] } : request.body;
  const query = toQuery({
    labelSelector: request.labelSelector,
    fieldSelector: request.fieldSelector,
    limit: request.limit,
    continue: request.continue,
    resourceVersion: request.resourceVersion,
    resourceVersionMatch: request.resourceVersionMatch,
    fieldManager: request.fieldManager,
    fieldValidation: request.fieldValidation,
    force: request.force,
    dryRun,
  });
  // The name of an object to create is in its body; only a subresource (serviceaccounts/token) is created under a name.
  const name = verb === "create" && request.subresource === undefined ? undefined : request.name;
  const path = pathOf({ ...request, name }) + query;
  if (body === undefined) return { method: METHOD[verb], path };
  return { method: METHOD[verb], path, contentType: contentTypeOf(request), body: JSON.stringify(body) };
}

export function toWatchHttpRequest(request: WatchRequest): HttpRequest {
  const query = toQuery({
    watch: true,
    labelSelector: request.labelSelector,
    fieldSelector: request.fieldSelector,
    resourceVersion: request.resourceVersion,
    allowWatchBookmarks: request.allowWatchBookmarks,
    timeoutSeconds: request.timeoutSeconds,
  });
  return { method: "GET", path: pathOf(request) + query };
}

function contentTypeOf({ verb, patchType = "merge" }: TransportRequest): string {
  if (verb === "apply") return PATCH_CONTENT_TYPE.apply;
  return verb === "patch" ? PATCH_CONTENT_TYPE[patchType] : "application/json";
}

function pathOf(request: Pick<TransportRequest, "resource" | "namespace" | "name" | "subresource">): string {
  const { resource, namespace, name, subresource } = request;
  const segments = [resource.group === "" ? "api" : "apis", ...apiVersionOf(resource).split("/")];
  if (namespace !== undefined && resource.scope === "Namespaced")
    segments.push("namespaces", segment("namespace", namespace));
  segments.push(resource.plural);
  if (name !== undefined) segments.push(segment("name", name));
  if (subresource !== undefined) segments.push(segment("subresource", subresource));
  return `/${segments.map(encodeURIComponent).join("/")}`;
}

/**
 * The API server splits the decoded path, so an encoded slash or a dot segment would name another object, in another namespace
 * perhaps. Source of the rule: apimachinery pkg/api/validation/path, IsValidPathSegmentName.
 */
function segment(field: string, value: string): string {
  if (value === "" || value === "." || value === ".." || /[/%]/.test(value)) {
    throw invalidArgument(field, 'must not be empty, ".", ".." or hold "/" or "%"');
  }
  return value;
}

function toQuery(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "" && value !== false) query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}
