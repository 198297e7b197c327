import { ApiError } from "../api-server.js";
import { toStatus } from "../object/failures.js";
import { type HttpAnswer, json, text } from "./http-answer.js";

/** Source: apiserver server/filters/wrap.go. It tells nothing: the error's own text may hold what a client must not see. */
const PANIC = text(500, "This request caused apiserver to panic. Look in the logs for details.\n");

/** Always JSON, whatever the client accepts: an error that cannot be read helps nobody, and Kubernetes does the same. */
export function failure(error: unknown): HttpAnswer {
  if (!(error instanceof ApiError)) return PANIC;
  const status = toStatus(error);
  const isForbidden = error.code === 403;
  const retryAfter = error.details?.retryAfterSeconds;
  return json(error.code, isForbidden ? { ...status, message: escapeMarkup(error.message) } : status, {
    ...(isForbidden ? { "X-Content-Type-Options": "nosniff" } : {}),
    ...(retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) }),
  });
}

/** Whether it is a fault of the server's rather than of the request. */
export function isBug(error: unknown): boolean {
  return !(error instanceof ApiError) || error.reason === "InternalError";
}

/** A 403 repeats the path, so Kubernetes keeps a browser from taking it for markup: handlers/responsewriters/errors.go. */
function escapeMarkup(message: string): string {
  return message.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
