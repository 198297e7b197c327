import { isTenantryError, type Status } from "@tenantry/sdk";
import { ApiError } from "../api-server.js";
import { type HttpAnswer, json, text } from "./http-answer.js";

/**
 * The `Status` that a failed call becomes. Undefined for anything but {@link ApiError} and the errors of a store: those are bugs of
 * ours, and their text may hold what a client must not see.
 * Source: apimachinery api/errors/errors.go.
 */
export function toStatus(error: unknown): Status | undefined {
  if (error instanceof ApiError) {
    const { code, reason, message, details } = error;
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason === "" ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
  if (!isTenantryError(error)) return undefined;
  if (error.code === "expired") return toStatus(new ApiError(410, "Expired", "too old resource version"));
  if (error.code === "unavailable" || error.code === "resource_exhausted") {
    const message = "the server is currently unable to handle the request";
    return toStatus(new ApiError(503, "ServiceUnavailable", message, { retryAfterSeconds: 1 }));
  }
  return undefined;
}

/** What is told of a bug of ours where a Status is needed. */
export const INTERNAL_ERROR: Status = {
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  message: "Internal error occurred",
  reason: "InternalError",
  code: 500,
};

/** Always JSON, whatever the client accepts: an error that cannot be read helps nobody, and Kubernetes does the same. */
export function failure(error: unknown): HttpAnswer {
  const status = toStatus(error);
  // Source: apiserver server/filters/wrap.go.
  if (status === undefined) {
    return text(500, "This request caused apiserver to panic. Look in the logs for details.\n");
  }
  const code = status.code ?? 500;
  const retryAfter = status.details?.retryAfterSeconds;
  return json(code, code === 403 ? { ...status, message: escapeMarkup(status.message ?? "") } : status, {
    ...(code === 403 ? { "X-Content-Type-Options": "nosniff" } : {}),
    ...(retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) }),
  });
}

/** A 403 repeats the path, so Kubernetes keeps a browser from taking it for markup: handlers/responsewriters/errors.go. */
function escapeMarkup(message: string): string {
  return message.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
