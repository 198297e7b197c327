import { parse as parseContentType } from "content-type";
import { parseDocument } from "yaml";
import { ApiError } from "../api-server.js";
import { checkShape } from "./check-shape.js";
import { duplicateFields } from "./duplicate-fields.js";
import { UnreadableBody } from "./unreadable-body.js";

export interface DecodedBody {
  readonly value: unknown;
  /** Fields written twice, as Kubernetes words it. What becomes of them is up to `fieldValidation`. */
  duplicates(): readonly string[];
}

/** Aliases expand, so a small document can describe a huge object; ordinary manifests use a handful. */
const MAX_ALIASES = 100;

export const JSON_TYPE = "application/json";
export const YAML_TYPE = "application/yaml";
export const PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf";

/** The media type without parameters; JSON when there is none. */
export function mediaTypeOf(header: string | undefined): string {
  if (header === undefined || header.trim() === "") return JSON_TYPE;
  return parseContentType(header, { parameters: false }).type;
}

/**
 * @param kind - what is expected, for the text of the error.
 * @throws ApiError 400. No part of the body is repeated in it: the body may be a Secret.
 */
export function decodeJson(body: Buffer, kind: string): DecodedBody {
  const text = body.toString("utf8");
  const value = guard(kind, "json", () => checkShape(JSON.parse(text)));
  return { value, duplicates: () => duplicateFields(text) };
}

/** JSON is YAML, so this reads both; the faster parser goes first. */
export function decodeYaml(body: Buffer, kind: string): DecodedBody {
  const text = body.toString("utf8");
  if (/^\s*\{/.test(text)) {
    try {
      return decodeJson(body, kind);
    } catch {
      // flow-style YAML
    }
  }
  return guard(kind, "yaml", () => {
    const document = parseDocument(text, { uniqueKeys: false, logLevel: "error" });
    const [error] = document.errors;
    if (error !== undefined) throw new UnreadableBody(`${error.code} at line ${error.linePos?.[0].line ?? 1}`);
    const value: unknown = checkShape(document.toJS({ maxAliasCount: MAX_ALIASES }));
    return { value, duplicates: () => [] };
  });
}

function guard<T>(kind: string, format: "json" | "yaml", decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    // The parsers' own messages quote the input.
    const why = error instanceof UnreadableBody ? error.message : `invalid ${format.toUpperCase()}`;
    throw new ApiError(
      400,
      "BadRequest",
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${format} parse error: ${why}`,
    );
  }
}
