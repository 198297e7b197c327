import type { Message } from "protobufjs";
import { ApiError } from "../../api-server.js";
import { checkShape } from "../check-shape.js";
import { UnreadableBody } from "../unreadable-body.js";
import { messageOf, UNKNOWN } from "./messages.js";
import { toJsonObject } from "./to-json-object.js";

/** Source: apimachinery pkg/runtime/serializer/protobuf, protoEncodingPrefix. */
const MAGIC = Buffer.from("k8s\0", "latin1");

/**
 * Reads `application/vnd.kubernetes.protobuf`: the magic number, then an envelope with the kind and the object. kubectl 1.32 and
 * newer send all typed commands this way and do not fall back to JSON.
 * @param kind - what is expected, for the text of the error.
 * @throws ApiError 400, which repeats nothing of the body.
 */
export function decodeProtobuf(body: Buffer, kind: string): Record<string, unknown> {
  try {
    return checkShape(decode(body)) as Record<string, unknown>;
  } catch (error) {
    const why = error instanceof UnreadableBody ? error.message : "malformed message";
    const message = `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; protobuf error: ${why}`;
    throw new ApiError(400, "BadRequest", message);
  }
}

interface Envelope extends Message {
  readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string } | null;
  readonly raw?: Uint8Array;
  readonly contentEncoding?: string;
}

function decode(body: Buffer): Record<string, unknown> {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new UnreadableBody("the magic number is missing");
  const { typeMeta, raw, contentEncoding } = UNKNOWN.decode(body.subarray(MAGIC.length)) as Envelope;
  const { apiVersion = "", kind = "" } = typeMeta ?? {};
  if (contentEncoding !== undefined && contentEncoding !== "")
    throw new UnreadableBody("the object is encoded once more");
  const type = messageOf(apiVersion, kind);
  if (type === undefined) throw new UnreadableBody("its kind is not one that may be sent in protobuf");
  return { apiVersion, kind, ...toJsonObject(type, type.decode(raw ?? new Uint8Array())) };
}
