import type { ApiCall } from "../api-server.js";
import { ApiError } from "../api-server.js";
import { typedSchema } from "../apply/typed-value.js";
import { type ApiObject, cloneJson, isRecord } from "../object/api-object.js";
import { decodeBody } from "../object/decode-body.js";
import { badRequest, invalidOptions } from "../object/failures.js";
import { forbidden, invalid, notSupported } from "../object/field-error.js";
import { applyJsonPatch } from "../patch/json-patch.js";
import { mergePatch } from "../patch/merge-patch.js";
import { strategicMerge } from "../patch/strategic-merge.js";
import type { ServedKind } from "../served-kind.js";
import { type ServerContext, targetOf, type Written } from "../server-context.js";
import { changeObject, checkIdentity } from "./update.js";

/** Source: apiserver/pkg/endpoints/handlers/patch.go. */
export async function patchObject(context: ServerContext, call: ApiCall): Promise<Written> {
  const target = targetOf(context, call);
  const { kind } = target;
  if (call.force === true) {
    throw invalidOptions("PatchOptions", [forbidden("force", "may not be specified for non-apply patch")]);
  }
  const patch = patcherOf(kind, call);
  return changeObject(context, target, call, (old) => {
    const patched = patch(old);
    if (!isRecord(patched)) throw badRequest("the patch does not leave an object");
    const { metadata } = patched;
    const named = isRecord(metadata) ? metadata.resourceVersion : undefined;
    const isStrict = call.fieldValidation === "Strict";
    const { object, warnings } = decodeBody(kind, cloneJson(patched), isStrict ? "Warn" : call.fieldValidation);
    if (isStrict && warnings.length > 0) throw strictPatchFailure(warnings);
    checkIdentity(object, target);
    // The resourceVersion is a condition only where the patch changed it; null or absent asks for none.
    const isSame = named === old.metadata.resourceVersion && !namesResourceVersion(call.body);
    if (isSame) delete object.metadata.resourceVersion;
    return { object, warnings, recordManager: true };
  });
}

/** A real server repeats the patched object here. It may be a Secret, so we do not. */
function strictPatchFailure(problems: readonly string[]): ApiError {
  const { message, ...cause } = invalid("patch", "", `strict decoding error: ${problems.join(", ")}`);
  return new ApiError(422, "Invalid", ` "" is invalid: patch: ${message}`, { causes: [{ ...cause, message }] });
}

function patcherOf(kind: ServedKind, { patchType = "merge", body }: ApiCall): (old: ApiObject) => unknown {
  if (patchType === "json") {
    if (!Array.isArray(body)) throw badRequest("invalid JSON patch");
    return (old) => applyJsonPatch(old, body);
  }
  if (patchType !== "merge" && patchType !== "strategic") {
    throw invalidOptions("PatchOptions", [notSupported("patchType", patchType, ["json", "merge", "strategic"])]);
  }
  if (!isRecord(body)) throw badRequest("invalid JSON patch");
  if (patchType === "merge") return (old) => mergePatch(old, body);
  if (!kind.definition.builtIn) {
    const accepted = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
    const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
    throw new ApiError(415, "UnsupportedMediaType", message);
  }
  return (old) => strategicMerge(old, body, typedSchema(kind.definition.schema));
}

function namesResourceVersion(body: unknown): boolean {
  if (Array.isArray(body))
    return body.some((operation) => isRecord(operation) && operation.path === "/metadata/resourceVersion");
  return isRecord(body) && isRecord(body.metadata) && typeof body.metadata.resourceVersion === "string";
}
