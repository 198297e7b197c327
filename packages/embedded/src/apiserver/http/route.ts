/** What a path under `/api/v1` or `/apis/{group}/{version}` names. Whether it is served is another question. */
export interface ResourceRoute {
  readonly group: string;
  readonly version: string;
  readonly namespace?: string | undefined;
  readonly plural: string;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  /** The deprecated prefix form, `/api/v1/watch/…`. */
  readonly watchPrefix: boolean;
}

/** Segments of a Namespace object itself; any other third segment is a resource inside the namespace. */
const NAMESPACE_SUBRESOURCES: readonly string[] = ["status", "finalize"];

/**
 * Reads a resource path. Undefined when it names none: too short (discovery), too long, or another prefix.
 * Source: apiserver endpoints/request/requestinfo.go.
 */
export function readResourceRoute(segments: readonly string[]): ResourceRoute | undefined {
  const [prefix, second, third] = segments;
  if (prefix === "api" && second !== undefined) return readParts("", second, segments.slice(2));
  if (prefix === "apis" && second !== undefined && third !== undefined)
    return readParts(second, third, segments.slice(3));
  return undefined;
}

function readParts(group: string, version: string, parts: readonly string[]): ResourceRoute | undefined {
  const watchPrefix = parts[0] === "watch" && parts.length > 1;
  const [first, second, third, ...rest] = watchPrefix ? parts.slice(1) : parts;
  if (first === undefined) return undefined;
  const base = { group, version, watchPrefix };
  if (first !== "namespaces" || second === undefined || third === undefined) {
    return rest.length > 0 ? undefined : { ...base, plural: first, name: second, subresource: third };
  }
  if (rest.length === 0 && NAMESPACE_SUBRESOURCES.includes(third)) {
    return { ...base, plural: first, name: second, subresource: third };
  }
  const [name, subresource, ...more] = rest;
  return more.length > 0 ? undefined : { ...base, namespace: second, plural: third, name, subresource };
}
