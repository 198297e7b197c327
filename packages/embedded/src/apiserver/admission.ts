import type { KubernetesObject, StatusCause } from "@tenantry/sdk";

/**
 * An operator's webhook, in process: fills in defaults, then refuses what it cannot honour. Called after the schema's defaults and
 * pruning; `mutate` before schema validation, `validate` after.
 */
export interface Admission {
  mutate?(review: AdmissionReview): KubernetesObject;
  /** The fields that are wrong, as Kubernetes words them; empty when all is well. */
  validate?(review: AdmissionReview): AdmissionVerdict;
}

export interface AdmissionReview {
  readonly operation: "create" | "update";
  readonly object: KubernetesObject;
  readonly oldObject: KubernetesObject | undefined;
}

export interface AdmissionVerdict {
  readonly causes: readonly StatusCause[];
  /** Sent back as `Warning` headers. */
  readonly warnings: readonly string[];
}
