import { apiVersionOf } from "@tenantry/sdk";
import type { ApiCall } from "../api-server.js";
import { applyDefaults } from "../schema/apply-defaults.js";
import { prune } from "../schema/prune.js";
import type { ServedKind } from "../served-kind.js";
import { type ApiObject, isRecord } from "./api-object.js";
import { decodeMeta } from "./decode-meta.js";
import { badRequest, invalidObject, invalidOptions } from "./failures.js";
import { invalid, notSupported } from "./field-error.js";
import { firstMistyped } from "./mistyped.js";

export interface Decoded {
  readonly object: ApiObject;
  readonly warnings: readonly string[];
}

const FIELD_VALIDATION = ["", "Ignore", "Strict", "Warn"];

/** Takes a body for an object of `kind`: checks its shape, drops what the schema does not know and fills in defaults. The body is changed. */
export function decodeBody(kind: ServedKind, body: unknown, fieldValidation: ApiCall["fieldValidation"]): Decoded {
  if (!FIELD_VALIDATION.includes(fieldValidation ?? "")) {
    throw invalidOptions("CreateOptions", [notSupported("fieldValidation", fieldValidation, FIELD_VALIDATION)]);
  }
  const { resource, schema, builtIn } = kind.definition;
  const object = checkTypeMeta(kind, body);
  const unknown: string[] = [];
  object.metadata = decodeMeta(object.metadata, resource.kind, unknown);
  if (schema !== undefined) prune(object, schema, { isRoot: true, dropped: (path) => unknown.push(path) });
  // Source of the order: apiextensions-apiserver pkg/apiserver/schema/pruning, PruneWithOptions.
  if (!builtIn) unknown.sort();
  const warnings = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (fieldValidation === "Strict" && warnings.length > 0) {
    throw badRequest(`${cannotBeHandled(kind)}: strict decoding error: ${warnings.join(", ")}`);
  }
  if (schema !== undefined) {
    applyDefaults(object, schema);
    const mistyped = builtIn ? firstMistyped(object, schema) : undefined;
    if (mistyped !== undefined) throw badRequest(`${cannotBeHandled(kind)}: ${mistyped}`);
  }
  kind.rules.decode(object);
  return { object, warnings: fieldValidation === "Ignore" ? [] : warnings };
}

function cannotBeHandled(kind: ServedKind): string {
  const { kind: name, version } = kind.definition.resource;
  return `${name} in version ${JSON.stringify(version)} cannot be handled as a ${name}`;
}

function checkTypeMeta(kind: ServedKind, body: unknown): ApiObject {
  const { resource } = kind.definition;
  if (!isRecord(body)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  const expected = apiVersionOf(resource);
  // Built-in kinds get both filled in, as a typed client leaves them out.
  const apiVersion = body.apiVersion ?? (kind.definition.builtIn ? expected : undefined);
  const kindName = body.kind ?? (kind.definition.builtIn ? resource.kind : undefined);
  if (typeof kindName !== "string" || kindName === "") throw badRequest("Object 'Kind' is missing in the body");
  if (typeof apiVersion !== "string" || apiVersion === "")
    throw badRequest("Object 'apiVersion' is missing in the body");
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (kindName !== resource.kind && !kind.definition.builtIn) {
    const name = isRecord(body.metadata) && typeof body.metadata.name === "string" ? body.metadata.name : "";
    throw invalidObject({ ...resource, kind: kindName }, name, [invalid("kind", kindName, `must be ${resource.kind}`)]);
  }
  if (kindName !== resource.kind) {
    throw badRequest(
      `${kindName} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: the kind must be ${resource.kind}`,
    );
  }
  const { metadata, ...rest } = body;
  return { ...rest, apiVersion, kind: kindName, metadata: (metadata ?? {}) as ApiObject["metadata"] };
}
