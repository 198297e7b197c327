import { ApiError, type ApiServer } from "../api-server.js";
import { serveDiscovery } from "./discovery/serve-discovery.js";
import { type HttpAnswer, json } from "./http-answer.js";
import { type HttpRequest, isRead } from "./http-request.js";
import type { OpenApiDocuments } from "./openapi/open-api-documents.js";
import { HEALTH_ENDPOINTS, type HealthCheck, serveHealth } from "./serve-health.js";
import { SERVER_VERSION } from "./server-version.js";

export interface Documents {
  readonly api: ApiServer;
  readonly openApi: OpenApiDocuments;
  readonly healthChecks: readonly HealthCheck[];
}

/** What anyone may read without a token: Kubernetes' `system:public-info-viewer`. */
export function isPublic([first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return false;
  return HEALTH_ENDPOINTS.includes(first) || (first === "version" && rest.length === 0);
}

/**
 * Paths that are no resources. Undefined when nothing is served there.
 * @throws ApiError 405, 406
 */
export async function serveDocument(
  { api, openApi, healthChecks }: Documents,
  request: HttpRequest,
  serverAddress: string,
): Promise<HttpAnswer | undefined> {
  const answer = await find();
  if (answer !== undefined && !isRead(request)) {
    throw new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
  }
  return answer;

  async function find(): Promise<HttpAnswer | undefined> {
    const [first, second] = request.segments;
    if (first === undefined) return json(200, { paths: rootPaths(api) });
    if (HEALTH_ENDPOINTS.includes(first)) return serveHealth(request, healthChecks);
    if (first === "api" || first === "apis") return serveDiscovery(api, request, serverAddress);
    if (first === "openapi" && second === "v3") return openApi.serve(request);
    if (first !== "version" || second !== undefined) return undefined;
    return { ...json(200, undefined), body: `${JSON.stringify(SERVER_VERSION, null, 2)}\n` };
  }
}

function rootPaths(api: ApiServer): readonly string[] {
  const paths = new Set([
    "/api",
    "/api/v1",
    "/apis",
    "/openapi/v3",
    "/version",
    ...HEALTH_ENDPOINTS.map((name) => `/${name}`),
  ]);
  for (const { resource } of api.definitions()) {
    if (resource.group === "") continue;
    paths.add(`/apis/${resource.group}`).add(`/apis/${resource.group}/${resource.version}`);
  }
  return [...paths].sort();
}
