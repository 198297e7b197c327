import { ApiError, type ApiServer } from "../api-server.js";
import { methodNotAllowed, noSuchResource, notFound } from "../object/failures.js";
import type { ResourceDefinition } from "../resource-definition.js";
import type { ResourceRoute } from "./route.js";

export type RequestVerb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

export interface Target {
  readonly definition: ResourceDefinition;
  readonly route: ResourceRoute;
  readonly verb: RequestVerb;
}

const BY_METHOD: Readonly<Record<string, { named: RequestVerb; collection: RequestVerb } | undefined>> = {
  GET: { named: "get", collection: "list" },
  HEAD: { named: "get", collection: "list" },
  POST: { named: "create", collection: "create" },
  PUT: { named: "update", collection: "update" },
  PATCH: { named: "patch", collection: "patch" },
  DELETE: { named: "delete", collection: "deletecollection" },
};
const NAMED_VERBS: readonly RequestVerb[] = ["get", "watch", "update", "patch", "delete"];
const COLLECTION_VERBS: readonly RequestVerb[] = ["list", "watch", "create", "deletecollection"];
const SUBRESOURCE_VERBS: readonly RequestVerb[] = ["get", "update", "patch"];

/**
 * Which kind a request is about and what it wants of it. Undefined when nothing is served there (a plain 404).
 *
 * Built-in kinds are registered route by route and custom resources by one handler, so the same mistake is answered differently:
 * apiserver endpoints/installer.go and apiextensions-apiserver customresource_handler.go.
 * @throws ApiError 404 or 405, as a Status.
 */
export function resolveTarget(
  api: ApiServer,
  route: ResourceRoute,
  method: string,
  watch: boolean,
): Target | undefined {
  const definition = api.find(route.group, route.version, route.plural);
  if (definition === undefined) {
    if (isBuiltInVersion(api, route)) throw noSuchResource();
    return undefined;
  }
  const verb = readVerb(definition, route, method, watch || route.watchPrefix);
  if (!scopeFits(definition, route, verb)) {
    if (!definition.builtIn) return undefined;
    throw route.name === undefined && route.namespace === undefined
      ? verbNotAllowed(definition, verb)
      : noSuchResource();
  }
  if (route.subresource !== undefined) {
    if (!(definition.subresources as readonly string[]).includes(route.subresource)) {
      throw definition.builtIn ? noSuchResource() : notFound(definition.resource, route.name ?? "");
    }
    if (!SUBRESOURCE_VERBS.includes(verb)) throw verbNotAllowed(definition, verb);
  } else if (!(route.name === undefined ? COLLECTION_VERBS : NAMED_VERBS).includes(verb)) {
    throw verbNotAllowed(definition, verb);
  }
  return { definition, route, verb };
}

function readVerb(definition: ResourceDefinition, route: ResourceRoute, method: string, watch: boolean): RequestVerb {
  const verbs = Object.hasOwn(BY_METHOD, method) ? BY_METHOD[method] : undefined;
  if (verbs === undefined) throw verbNotAllowed(definition, method.toLowerCase());
  if (watch && (method === "GET" || method === "HEAD") && route.subresource === undefined) return "watch";
  return route.name === undefined ? verbs.collection : verbs.named;
}

function scopeFits({ resource }: ResourceDefinition, route: ResourceRoute, verb: RequestVerb): boolean {
  if (resource.scope === "Cluster") return route.namespace === undefined;
  if (route.namespace !== undefined) return true;
  return route.name === undefined && (verb === "list" || verb === "watch"); // over all namespaces
}

function isBuiltInVersion(api: ApiServer, { group, version }: ResourceRoute): boolean {
  return api
    .definitions()
    .some(({ resource, builtIn }) => builtIn && resource.group === group && resource.version === version);
}

function verbNotAllowed({ builtIn, resource }: ResourceDefinition, verb: string): ApiError {
  if (!builtIn) return methodNotAllowed(resource, verb);
  const message = "the server does not allow this method on the requested resource";
  return new ApiError(405, "MethodNotAllowed", message, {});
}
