import { NAMESPACES } from "@tenantry/sdk";
import type { ApiObject } from "../object/api-object.js";
import { forbiddenCall } from "../object/failures.js";
import { labelName } from "../object/name-rules.js";
import { AGE_COLUMN, builtInKind, fieldAt, fieldText, NAME_COLUMN } from "./built-in-kind.js";
import { CONDITIONS, objectOf, STRING, setOf } from "./object-schema.js";

/** Namespaces that exist from the start. Source: kubernetes/kubernetes pkg/controlplane, systemnamespaces controller. */
export const SYSTEM_NAMESPACES: readonly string[] = ["default", "kube-system", "kube-public", "kube-node-lease"];
/** Source: apiserver admission plugin namespace/lifecycle, immortal namespaces. */
const IMMORTAL = new Set(["default", "kube-system", "kube-public"]);
const NAME_LABEL = "kubernetes.io/metadata.name";

export const namespaceKind = builtInKind({
  resource: NAMESPACES,
  singular: "namespace",
  shortNames: ["ns"],
  subresources: ["status", "finalize"],
  schema: objectOf({
    spec: objectOf({ finalizers: setOf(STRING) }),
    status: objectOf({ phase: STRING, conditions: CONDITIONS }),
  }),
  columns: [
    NAME_COLUMN,
    {
      name: "Status",
      type: "string",
      description: "The status of the namespace",
      value: (object) => fieldAt(object, "status", "phase"),
    },
    AGE_COLUMN,
  ],
  selectableFields: { "status.phase": fieldText("status", "phase"), name: fieldText("metadata", "name") },
  rules: {
    nameRule: labelName,
    prepareCreate(object) {
      object.spec = { finalizers: ["kubernetes"] };
      object.status = { phase: "Active" };
      labelWithName(object);
    },
    prepareUpdate(object, old, subresource) {
      if (subresource !== "finalize") object.spec = old.spec;
      labelWithName(object);
    },
    checkDelete(object) {
      const name = object.metadata.name ?? "";
      if (IMMORTAL.has(name)) throw forbiddenCall(NAMESPACES, name, "this namespace may not be deleted");
    },
    beginDelete(object) {
      object.status = { ...(object.status as object), phase: "Terminating" };
    },
    isHeld: (object) => namespaceFinalizers(object).length > 0,
  },
});

/** Finalizers of the namespace's content, which only the `finalize` subresource changes. */
export function namespaceFinalizers(object: ApiObject): readonly string[] {
  const finalizers = fieldAt(object, "spec", "finalizers");
  return Array.isArray(finalizers) ? finalizers : [];
}

function labelWithName(object: ApiObject): void {
  object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: object.metadata.name ?? "" };
}
