import { isDeepStrictEqual } from "node:util";
import type { Admission } from "../../apiserver/admission.js";
import type { CnpgCluster } from "./cluster-object.js";
import { reviewFields } from "./crd/field-tree.js";
import { SPEC_FIELDS } from "./crd/spec-fields.js";
import { defaultCluster } from "./default-cluster.js";
import { parametersWithoutEffect } from "./postgresql/validate-parameters.js";
import { validateCluster, validateClusterUpdate } from "./validate-cluster.js";

/** The operator's two webhooks for `Cluster`: fills in what it always fills in, then refuses what cannot be run here, naming the field. */
export const clusterAdmission = {
  mutate({ object, oldObject }) {
    return defaultCluster(object as CnpgCluster, oldObject as CnpgCluster | undefined);
  },

  validate({ operation, object, oldObject }) {
    const cluster = object as CnpgCluster;
    const old = oldObject as CnpgCluster | undefined;
    // What is being deleted must always be able to lose its finalizer.
    if (cluster.metadata.deletionTimestamp !== undefined) return { causes: [], warnings: [] };
    const ignoredAnnotations = annotationsWithoutEffect(cluster.metadata.annotations, old?.metadata.annotations);
    // Rules may grow; what is stored already must still take a status, a label and the like.
    const hibernation = ({ metadata }: CnpgCluster) => metadata.annotations?.["cnpg.io/hibernation"];
    if (old !== undefined && isDeepStrictEqual(old.spec, cluster.spec) && hibernation(old) === hibernation(cluster)) {
      return { causes: [], warnings: ignoredAnnotations };
    }
    const { causes, warnings } = reviewFields(SPEC_FIELDS, cluster.spec, "spec");
    causes.push(...validateCluster(cluster));
    if (operation === "update" && old !== undefined) causes.push(...validateClusterUpdate(old, cluster));
    for (const name of parametersWithoutEffect(cluster.spec?.postgresql?.parameters ?? {})) {
      warnings.push(`spec.postgresql.parameters.${name}: kept, but without effect on the embedded plane`);
    }
    return { causes, warnings: [...warnings, ...ignoredAnnotations] };
  },
} satisfies Admission;

const ANNOTATIONS_WITH_EFFECT = new Set(["cnpg.io/hibernation", "cnpg.io/reloadedAt"]);

/** New or changed annotations that tell the real operator something, and are not heard here: fencing, pausing and the like. */
function annotationsWithoutEffect(
  annotations: Readonly<Record<string, string>> = {},
  before: Readonly<Record<string, string>> = {},
): readonly string[] {
  return Object.entries(annotations)
    .filter(
      ([name, value]) => /(^|\.)cnpg\.io\//.test(name) && !ANNOTATIONS_WITH_EFFECT.has(name) && before[name] !== value,
    )
    .map(([name]) => `metadata.annotations.${name}: kept, but without effect on the embedded plane`);
}
