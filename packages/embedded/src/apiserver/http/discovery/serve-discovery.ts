import type { ApiServer } from "../../api-server.js";
import { noSuchResource } from "../../object/failures.js";
import { type AcceptClause, matches, negotiate, WRITTEN_MEDIA_TYPES } from "../accept.js";
import { answerDocument } from "../etag.js";
import { type HttpAnswer, json } from "../http-answer.js";
import type { HttpRequest } from "../http-request.js";
import { notAcceptable } from "../serve-resource.js";
import { aggregatedDiscovery } from "./aggregated-discovery.js";
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from "./plain-discovery.js";

const AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/**
 * `/api`, `/apis` and what is under them down to one version. Undefined when nothing is served there.
 * @throws ApiError 406
 */
export function serveDiscovery(api: ApiServer, request: HttpRequest, serverAddress: string): HttpAnswer | undefined {
  const [prefix, group, version, more] = request.segments;
  const definitions = api.definitions();
  if (group === undefined) {
    const isCore = prefix === "api";
    if (wantsAggregated(request.accept)) {
      const body = JSON.stringify(aggregatedDiscovery(definitions, isCore));
      const headers = { Vary: "Accept", "Cache-Control": "public" };
      return answerDocument(request, AGGREGATED_TYPE, body, headers);
    }
    return plain(request, isCore ? apiVersions(serverAddress) : apiGroupList(definitions), { Vary: "Accept" });
  }
  if (prefix === "api") {
    if (version !== undefined) return undefined;
    const core = apiResourceList(definitions, "", group);
    if (core === undefined) throw noSuchResource();
    return plain(request, core);
  }
  if (more !== undefined || group === "") return undefined;
  return plain(
    request,
    version === undefined ? apiGroup(definitions, group) : apiResourceList(definitions, group, version),
  );
}

/** The first clause that we can write decides: kubectl names v2, then v2beta1, then plain JSON. */
function wantsAggregated(clauses: readonly AcceptClause[]): boolean {
  for (const { type, parameters } of clauses) {
    if (!matches(type, "application/json")) continue;
    if (parameters.as === undefined) return false;
    const { g, v, as } = parameters;
    if (g === "apidiscovery.k8s.io" && v === "v2" && as === "APIGroupDiscoveryList") return true;
  }
  return false;
}

function plain(request: HttpRequest, body: unknown, headers: HttpAnswer["headers"] = {}): HttpAnswer | undefined {
  if (body === undefined) return undefined;
  if (negotiate(request.accept, [])?.format !== "json") {
    throw notAcceptable(`only the following media types are accepted: ${WRITTEN_MEDIA_TYPES}`);
  }
  return json(200, body, headers);
}
