import { isTenantryError, type Resource, type Status, type StatusCause, type StatusDetails } from "@tenantry/sdk";
import { ApiError } from "../api-server.js";

// Source of codes, reasons and texts: apimachinery/pkg/api/errors/errors.go.

/** `configmaps`, `widgets.example.com`. */
export function qualifiedResource({ plural, group }: Pick<Resource, "plural" | "group">): string {
  return group === "" ? plural : `${plural}.${group}`;
}
/** `ConfigMap`, `Widget.example.com`. */
function qualifiedKind({ kind, group }: Pick<Resource, "kind" | "group">): string {
  return group === "" ? kind : `${kind}.${group}`;
}

function detailsOf(resource: Resource, name: string | undefined, kind = resource.plural): StatusDetails {
  return {
    ...(name === undefined || name === "" ? {} : { name }),
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind,
  };
}

export function notFound(resource: Resource, name: string): ApiError {
  const message = `${qualifiedResource(resource)} "${name}" not found`;
  return new ApiError(404, "NotFound", message, detailsOf(resource, name));
}
export function noSuchResource(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}
export function alreadyExists(resource: Resource, name: string, prefix = ""): ApiError {
  const message = `${prefix}${qualifiedResource(resource)} "${name}" already exists`;
  return new ApiError(409, "AlreadyExists", message, detailsOf(resource, name));
}
export function nameNotGenerated(resource: Resource, name: string): ApiError {
  const message = `${qualifiedResource(resource)} "${name}" already exists, the server was not able to generate a unique name for the object`;
  return new ApiError(409, "AlreadyExists", message, { ...detailsOf(resource, name), retryAfterSeconds: 1 });
}
export function conflict(resource: Resource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(resource)} "${name}": ${why}`;
  return new ApiError(409, "Conflict", message, detailsOf(resource, name));
}
/** Unlike other conflicts it speaks of the kind. */
export function unmetPrecondition(resource: Resource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedKind(resource)} "${name}": ${why}`;
  return new ApiError(409, "Conflict", message, detailsOf(resource, name, resource.kind));
}
export function staleWrite(resource: Resource, name: string): ApiError {
  return conflict(
    resource,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}
export function forbiddenCall(
  resource: Resource,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): ApiError {
  const message = `${qualifiedResource(resource)} "${name}" is forbidden: ${why}`;
  return new ApiError(403, "Forbidden", message, {
    ...detailsOf(resource, name),
    ...(causes === undefined ? {} : { causes }),
  });
}
export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}
export function methodNotAllowed(resource: Resource, verb: string): ApiError {
  const message = `${verb} is not supported on resources of kind "${qualifiedResource(resource)}"`;
  return new ApiError(405, "MethodNotAllowed", message, detailsOf(resource, undefined));
}
/** Where not even the route knows the verb. */
export function unsupportedMethod(): ApiError {
  return new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}
export function expiredCall(message: string): ApiError {
  return new ApiError(410, "Expired", message);
}
export function futureRevision(asked: string, current: number): ApiError {
  return new ApiError(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}
export function internalError(why: string): ApiError {
  return new ApiError(500, "InternalError", `Internal error occurred: ${why}`, { causes: [{ message: why }] });
}
/** An error that is no API status: 500 with an empty reason, as Kubernetes answers. */
export function rawFailure(message: string): ApiError {
  return new ApiError(500, "", message);
}

interface Invalid {
  /** As the message says it: `Widget.example.com`. */
  readonly subject: string;
  readonly kind: string;
  readonly group: string;
}

/** 422 with every cause; several are listed once each in brackets. */
export function invalidCall(of: Invalid, name: string, causes: readonly StatusCause[]): ApiError {
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  return new ApiError(422, "Invalid", `${of.subject} "${name}" is invalid: ${list}`, {
    ...(name === "" ? {} : { name }),
    ...(of.group === "" ? {} : { group: of.group }),
    kind: of.kind,
    causes,
  });
}
export function invalidObject(resource: Resource, name: string, causes: readonly StatusCause[]): ApiError {
  return invalidCall({ subject: qualifiedKind(resource), kind: resource.kind, group: resource.group }, name, causes);
}
/** For options rather than an object: `PatchOptions`, `DeleteOptions`, `ListOptions`. */
export function invalidOptions(kind: string, causes: readonly StatusCause[]): ApiError {
  return invalidCall({ subject: `${kind}.meta.k8s.io`, kind, group: "meta.k8s.io" }, "", causes);
}

/** 410 with a token that goes on without the first page's snapshot. */
export class ExpiredContinue extends ApiError {
  readonly continue: string;

  constructor(next: string) {
    super(
      410,
      "Expired",
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
    );
    this.continue = next;
  }
}

/** The `Status` body of a failed call. */
export function toStatus(error: ApiError): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: error instanceof ExpiredContinue ? { continue: error.continue } : {},
    status: "Failure",
    message: error.message,
    ...(error.reason === "" ? {} : { reason: error.reason }),
    ...(error.details === undefined ? {} : { details: error.details }),
    code: error.code,
  };
}

/** What a caller is told of a failure that no verb foresaw. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isTenantryError(error)) {
    const text = error.message.replace(/^\[\w+\] /, "");
    if (error.code === "expired") return expiredCall("The resourceVersion for the provided list is too old.");
    // Not told to come back: freeing space takes a person.
    if (error.code === "resource_exhausted") return new ApiError(429, "TooManyRequests", text);
    if (error.code === "unavailable") return new ApiError(503, "ServiceUnavailable", text);
  }
  // The text of an unforeseen error may quote the object, and the object may be a Secret.
  return new ApiError(500, "InternalError", "Internal error occurred: the API server failed to handle the request", {
    causes: [{ message: error instanceof Error ? error.name : "unknown error" }],
  });
}
