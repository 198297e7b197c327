/**
 * The segments of a request path, each percent-decoded; undefined when the path is not one of ours. Nothing is normalised: what a
 * check sees is what storage sees, so `//`, `.`, `..`, an encoded slash, a NUL or a path parameter never reach another object.
 */
export function splitPath(path: string): readonly string[] | undefined {
  const trimmed = path.replace(/^\//, "").replace(/\/$/, "");
  if (!path.startsWith("/")) return undefined;
  if (trimmed === "") return [];
  const segments: string[] = [];
  for (const encoded of trimmed.split("/")) {
    const segment = decode(encoded);
    if (segment === undefined || segment === "" || segment === "." || segment === ".." || FORBIDDEN.test(segment)) {
      return undefined;
    }
    segments.push(segment);
  }
  return segments;
}

// `%` too: apimachinery's path segment names forbid it (validation/path), so a doubly encoded name is no name either.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const FORBIDDEN = /[/%\\;\x00-\x1f\x7f]/;

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // malformed percent encoding
  }
}
