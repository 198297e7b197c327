import type { Status } from "../kubernetes/status.js";
import type { ErrorCode } from "./error-code.js";
import { type FieldViolation, TenantryError } from "./tenantry-error.js";

/** `Status.reason` decides, never the HTTP status alone: AlreadyExists and Conflict are both 409, ServerTimeout is 500. */
const CODE_OF_REASON: Readonly<Record<string, ErrorCode>> = {
  BadRequest: "invalid_argument",
  Invalid: "invalid_argument",
  Unauthorized: "unauthenticated",
  Forbidden: "permission_denied",
  NotFound: "not_found",
  AlreadyExists: "already_exists",
  Conflict: "conflict",
  Gone: "expired",
  Expired: "expired",
  TooManyRequests: "resource_exhausted",
  ServerTimeout: "unavailable",
  Timeout: "deadline_exceeded",
  ServiceUnavailable: "unavailable",
  InternalError: "internal",
  RequestEntityTooLarge: "invalid_argument",
  UnsupportedMediaType: "invalid_argument",
  NotAcceptable: "invalid_argument",
  MethodNotAllowed: "unimplemented",
};

/** For answers without a reason: a proxy's page, or a server's own text. */
function codeOfHttpStatus(httpStatus: number): ErrorCode {
  if (httpStatus === 401) return "unauthenticated";
  if (httpStatus === 403) return "permission_denied";
  if (httpStatus === 404) return "not_found";
  if (httpStatus === 405 || httpStatus === 501) return "unimplemented";
  if (httpStatus === 409) return "conflict";
  if (httpStatus === 410) return "expired";
  if (httpStatus === 429) return "resource_exhausted";
  if (httpStatus === 502 || httpStatus === 503) return "unavailable";
  if (httpStatus === 504) return "deadline_exceeded";
  if (httpStatus >= 400 && httpStatus < 500) return "invalid_argument";
  return "internal";
}

/** Turns an API server's `Status` into the SDK's error, keeping its reason, its causes and its wish to be asked later. */
export function fromStatus(status: Status): TenantryError {
  const { details } = status;
  const code = CODE_OF_REASON[status.reason ?? ""] ?? codeOfHttpStatus(status.code ?? 500);
  const violations: FieldViolation[] = [];
  for (const cause of details?.causes ?? []) {
    if (cause.field !== undefined) {
      violations.push({ field: cause.field, message: cause.message ?? "rejected", reason: cause.reason });
    }
  }
  return new TenantryError(code, status.message ?? status.reason ?? `HTTP ${status.code ?? 500}`, {
    reason: status.reason,
    resource: details?.kind === undefined ? undefined : { kind: details.kind, name: details.name },
    violations,
    retryAfterMs: details?.retryAfterSeconds === undefined ? undefined : details.retryAfterSeconds * 1000,
  });
}
