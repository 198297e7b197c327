import { ApiError } from "../api-server.js";

export type OptionsKind = "CreateOptions" | "UpdateOptions" | "PatchOptions" | "DeleteOptions" | "ListOptions";

/** 422 about a query parameter. Source: apimachinery api/errors NewInvalid over the options' group, meta.k8s.io. */
export function invalidOption(
  kind: OptionsKind,
  field: string,
  reason: "FieldValueNotSupported" | "FieldValueForbidden" | "FieldValueTooLong" | "FieldValueInvalid",
  message: string,
): ApiError {
  return new ApiError(422, "Invalid", `${kind}.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: "meta.k8s.io",
    kind,
    causes: [{ reason, message, field }],
  });
}
