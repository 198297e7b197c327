import { type ApiCall, ApiError } from "../api-server.js";
import { badRequest } from "../object/failures.js";
import type { ResourceDefinition } from "../resource-definition.js";
import {
  type DecodedBody,
  decodeJson,
  decodeYaml,
  JSON_TYPE,
  mediaTypeOf,
  PROTOBUF_TYPE,
  YAML_TYPE,
} from "./decode-body.js";
import type { HttpRequest } from "./http-request.js";
import { decodeProtobuf } from "./protobuf/decode-protobuf.js";

const JSON_PATCH_TYPE = "application/json-patch+json";
const MERGE_PATCH_TYPE = "application/merge-patch+json";
const STRATEGIC_PATCH_TYPE = "application/strategic-merge-patch+json";
const APPLY_TYPE = "application/apply-patch+yaml";

export type PatchBody = DecodedBody & Pick<ApiCall, "verb" | "patchType">;

/** The object of a create or update. @throws ApiError 415, 413, 400. */
export async function readObject(
  { builtIn, resource }: ResourceDefinition,
  request: HttpRequest,
): Promise<DecodedBody> {
  const accepted = builtIn ? [JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE] : [JSON_TYPE, YAML_TYPE];
  const type = mediaTypeOf(request.contentType);
  if (!accepted.includes(type)) throw unknownFormat(accepted);
  const body = await request.body();
  if (type === PROTOBUF_TYPE) return { value: decodeProtobuf(body, resource.kind), duplicates: () => [] };
  const decoded = type === YAML_TYPE ? decodeYaml(body, resource.kind) : decodeJson(body, resource.kind);
  return requireObject(decoded, resource.kind);
}

/** The type is judged before the body is read, as Kubernetes does. @throws ApiError 415, 413, 400. */
export async function readPatch({ builtIn, resource }: ResourceDefinition, request: HttpRequest): Promise<PatchBody> {
  const type = mediaTypeOf(request.contentType);
  const accepted = [JSON_PATCH_TYPE, MERGE_PATCH_TYPE, ...(builtIn ? [STRATEGIC_PATCH_TYPE] : []), APPLY_TYPE];
  if (!accepted.includes(type)) throw unknownFormat(accepted);
  const body = await request.body();
  if (type === APPLY_TYPE) {
    const decoded = requireObject(decodeYaml(body, resource.kind), resource.kind);
    return { ...decoded, verb: "apply" };
  }
  const decoded = decodePatch(body, resource.kind);
  if (type === JSON_PATCH_TYPE) {
    if (!Array.isArray(decoded.value)) throw badRequest("invalid JSON patch: an array is expected");
    return { ...decoded, verb: "patch", patchType: "json" };
  }
  const patchType = type === MERGE_PATCH_TYPE ? "merge" : "strategic";
  return { ...requireObject(decoded, resource.kind), verb: "patch", patchType };
}

/** Undefined when the request has no body. */
export async function readDeleteOptionsBody(request: HttpRequest): Promise<Record<string, unknown> | undefined> {
  const accepted = [JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE];
  const type = mediaTypeOf(request.contentType);
  const body = await request.body();
  if (body.length === 0) return undefined;
  if (!accepted.includes(type)) throw unknownFormat(accepted);
  if (type === PROTOBUF_TYPE) return decodeProtobuf(body, "DeleteOptions");
  const decode = type === YAML_TYPE ? decodeYaml : decodeJson;
  return requireObject(decode(body, "DeleteOptions"), "DeleteOptions").value;
}

function decodePatch(body: Buffer, kind: string): DecodedBody {
  try {
    return decodeJson(body, kind);
  } catch {
    throw badRequest("invalid JSON patch");
  }
}

function requireObject(decoded: DecodedBody, kind: string): DecodedBody & { readonly value: Record<string, unknown> } {
  const { value, duplicates } = decoded;
  if (!isRecord(value)) {
    const message = `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; an object is expected`;
    throw badRequest(message);
  }
  return { value, duplicates };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Source: apiserver endpoints/handlers/negotiation/errors.go. */
function unknownFormat(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`;
  return new ApiError(415, "UnsupportedMediaType", message);
}
