import fastJsonPatch from "fast-json-patch";
import { ApiError } from "../api-server.js";
import { cloneJson, isRecord } from "../object/api-object.js";
import { badRequest } from "../object/failures.js";

const MAX_OPERATIONS = 10_000;
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

/**
 * RFC 6902, whole or not at all. Source of limits and texts: apiserver/pkg/endpoints/handlers/patch.go.
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest("invalid JSON patch");
  if (patch.length > MAX_OPERATIONS) {
    const message = `Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new ApiError(413, "RequestEntityTooLarge", message);
  }
  let result = cloneJson(target);
  let copied = 0;
  try {
    for (const operation of patch) {
      if (!isRecord(operation) || typeof operation.path !== "string" || !OPERATIONS.has(String(operation.op)))
        throw rejected();
      if (operation.op === "copy") {
        copied += JSON.stringify(fastJsonPatch.getValueByPointer(result, String(operation.from)) ?? null).length;
        if (copied > MAX_COPIED_BYTES) throw rejected();
      }
      result = fastJsonPatch.applyOperation(result, operation as never, true, true, true).newDocument;
    }
  } catch {
    throw rejected();
  }
  return result;
}

const OPERATIONS = new Set(["add", "remove", "replace", "move", "copy", "test"]);

function rejected(): ApiError {
  return new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});
}
