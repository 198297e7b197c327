import { apiVersionOf } from "@tenantry/sdk";
import type { ApiCall } from "../api-server.js";
import { ApiError } from "../api-server.js";
import { applyConfiguration, checkConfiguration } from "../apply/apply-configuration.js";
import { type ApiObject, cloneJson } from "../object/api-object.js";
import { decodeBody } from "../object/decode-body.js";
import { decodeMeta } from "../object/decode-meta.js";
import { conflict, invalidOptions, notFound } from "../object/failures.js";
import { required } from "../object/field-error.js";
import { keyOf } from "../served-kind.js";
import { type ServerContext, targetOf, type Written } from "../server-context.js";
import { writeNew } from "./create.js";
import { changeObject, checkIdentity } from "./update.js";

/** Server-side apply. Source: apiserver/pkg/endpoints/handlers/patch.go applyPatcher. */
export async function applyObject(context: ServerContext, call: ApiCall): Promise<Written> {
  const target = targetOf(context, call);
  const { kind, name, namespace } = target;
  const { resource } = kind.definition;
  const fieldManager = call.fieldManager ?? "";
  if (fieldManager === "") {
    throw invalidOptions("PatchOptions", [required("fieldManager", "is required for apply patch")]);
  }
  checkConfiguration(kind, call.body);
  // The decoded form is only checked; what is owned is what was sent, without defaults.
  const { warnings, object: checked } = decodeBody(
    kind,
    cloneJson(call.body),
    call.fieldValidation === "Strict" ? "Strict" : "Ignore",
  );
  checkIdentity(checked, target);
  const config = cloneJson(call.body) as ApiObject;
  config.metadata = decodeMeta(config.metadata ?? {}, resource.kind, []);
  const subresource = call.subresource === "" ? undefined : call.subresource;
  const options = { fieldManager, force: call.force === true, subresource, now: context.now() };
  const lay = (live: ApiObject) => decodeBody(kind, applyConfiguration(kind, live, config, options), "Ignore").object;

  for (;;) {
    if ((await context.store.get(keyOf(kind, namespace, name))) === undefined) {
      if (subresource !== undefined) throw notFound(resource, name);
      const { uid } = config.metadata;
      if (uid !== undefined && uid !== "") {
        const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
        throw conflict(resource, name, why);
      }
      const empty: ApiObject = {
        apiVersion: apiVersionOf(resource),
        kind: resource.kind,
        metadata: { name, namespace },
      };
      try {
        return await writeNew(context, kind, lay(empty), call, { warnings, recordManager: false });
      } catch (error) {
        if (error instanceof ApiError && error.reason === "AlreadyExists") continue;
        throw error;
      }
    }
    try {
      const written = await changeObject(context, target, call, (old) => {
        const object = lay(old);
        object.metadata.resourceVersion = config.metadata.resourceVersion;
        object.metadata.uid = config.metadata.uid;
        return { object, warnings: [], recordManager: false };
      });
      return { ...written, warnings: [...warnings, ...written.warnings] };
    } catch (error) {
      // Deleted between the two looks: it is made anew.
      if (error instanceof ApiError && error.reason === "NotFound" && subresource === undefined) continue;
      throw error;
    }
  }
}
