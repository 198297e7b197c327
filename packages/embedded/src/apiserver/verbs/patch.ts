import type { ApiCall } from "../api-server.js";
import { type ApiObject, cloneJson, isRecord } from "../object/api-object.js";
import { decodeBody } from "../object/decode-body.js";
import { badRequest, invalidOptions } from "../object/failures.js";
import { forbidden } from "../object/field-error.js";
import { mergePatch } from "../patch/merge-patch.js";
import { type ServerContext, targetOf, type Written } from "../server-context.js";
import { changeObject, checkIdentity } from "./update.js";

/** Source: apiserver/pkg/endpoints/handlers/patch.go. */
export async function patchObject(context: ServerContext, call: ApiCall): Promise<Written> {
  const target = targetOf(context, call);
  if (call.force === true && call.verb !== "apply") {
    throw invalidOptions("PatchOptions", [forbidden("force", "may not be specified for non-apply patch")]);
  }
  if (!isRecord(call.body)) throw badRequest("invalid JSON patch");
  return changeObject(context, target, call, (old) => {
    const patched = mergePatch(old, call.body) as ApiObject;
    const { object, warnings } = decodeBody(target.kind, cloneJson(patched), call.fieldValidation);
    checkIdentity(object, target);
    // The old resourceVersion is only a condition where the patch names it.
    const named = isRecord(call.body) && isRecord(call.body.metadata) ? call.body.metadata.resourceVersion : undefined;
    object.metadata.resourceVersion = typeof named === "string" ? named : undefined;
    return { object, warnings, recordManager: true };
  });
}
