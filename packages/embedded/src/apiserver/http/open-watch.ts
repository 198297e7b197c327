import type { ApiServer, ApiWatchCall, ApiWatchEvent } from "../api-server.js";
import { type MediaChoice, negotiate, WRITTEN_MEDIA_TYPES } from "./accept.js";
import type { HttpRequest } from "./http-request.js";
import { toPartialObjectMetadata } from "./partial-object-metadata.js";
import { readWatchParameters } from "./read-options.js";
import type { Target } from "./resolve-target.js";
import { notAcceptable } from "./serve-resource.js";
import { readIncludeObject, toTable } from "./table.js";

/** Source: apiserver server/config.go, MinRequestTimeout: a watch without a limit of its own lives for one to two of these. */
const MIN_TIMEOUT_SECONDS = 1800;

export interface OpenWatch {
  readonly events: AsyncIterable<ApiWatchEvent>;
  /** One line of the stream. */
  readonly encode: (event: ApiWatchEvent) => string;
}

/** @throws ApiError for a request that is wrong in itself. */
export function openWatch(api: ApiServer, target: Target, request: HttpRequest): OpenWatch {
  const choice = negotiate(request.accept, ["Table", "PartialObjectMetadata"]);
  if (choice === undefined || choice.format !== "json") {
    throw notAcceptable(`only the following media types are accepted: ${WRITTEN_MEDIA_TYPES}`);
  }
  const { definition, route } = target;
  const parameters = readWatchParameters(request.query);
  const call: ApiWatchCall = {
    ...parameters,
    resource: definition.resource,
    namespace: route.namespace,
    fieldSelector: withName(parameters.fieldSelector, route.name),
    timeoutSeconds: parameters.timeoutSeconds || MIN_TIMEOUT_SECONDS * (1 + Math.random()),
    signal: request.signal,
  };
  return { events: api.watch(call), encode: createEncoder(target, choice, request.query) };
}

/** Watching one object by its path is watching the collection for its name. */
function withName(fieldSelector: string | undefined, name: string | undefined): string | undefined {
  if (name === undefined) return fieldSelector;
  const byName = `metadata.name=${name.replace(/[\\,=]/g, "\\$&")}`;
  return fieldSelector === undefined ? byName : `${fieldSelector},${byName}`;
}

function createEncoder(
  { definition }: Target,
  { transform }: MediaChoice,
  query: URLSearchParams,
): OpenWatch["encode"] {
  const includeObject = transform === "Table" ? readIncludeObject(query) : "None";
  let first = true;
  const convert = ({ type, object }: ApiWatchEvent): unknown => {
    if (type === "ERROR" || transform === undefined) return object; // a Status is never converted
    if (transform !== "Table") return toPartialObjectMetadata(object);
    const withColumns = first;
    first = false;
    const { resourceVersion } = object.metadata;
    return toTable(definition, { resourceVersion }, [object], { includeObject, withColumns, now: new Date() });
  };
  return (event) => `${JSON.stringify({ type: event.type, object: convert(event) })}\n`;
}
