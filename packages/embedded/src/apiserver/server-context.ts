import type { Store } from "../store/store.js";
import type { ApiCall } from "./api-server.js";
import type { KindRegistry } from "./kind-registry.js";
import type { ApiObject } from "./object/api-object.js";
import { badRequest, notFound } from "./object/failures.js";
import { pathSegment } from "./object/name-rules.js";
import type { ServedKind } from "./served-kind.js";

/** What every verb works with. */
export interface ServerContext {
  readonly store: Store;
  readonly registry: KindRegistry;
  now(): Date;
  /** What ends each open watch when the server closes. */
  readonly closing: Set<() => void>;
}

/** One call with its kind and its texts checked. */
export interface Target {
  readonly kind: ServedKind;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface Written {
  readonly object: ApiObject;
  readonly httpStatus: number;
  readonly warnings: readonly string[];
}

/** Finds the kind of a call and refuses a subresource that it does not have. */
export function kindOf(
  context: ServerContext,
  call: Pick<ApiCall, "resource" | "namespace" | "name" | "subresource">,
): ServedKind {
  const kind = context.registry.require(call.resource);
  const { resource, subresources } = kind.definition;
  const subresource = call.subresource ?? "";
  if (subresource !== "" && !subresources.some((one) => one === subresource)) throw notFound(resource, call.name ?? "");
  if (resource.scope === "Cluster" && call.namespace !== undefined && call.namespace !== "") {
    throw badRequest(`${resource.plural} are not namespaced: leave the namespace out`);
  }
  checkSegment("Namespace", call.namespace);
  return kind;
}

/** The one object that a call is about. */
export function targetOf(context: ServerContext, call: ApiCall): Target {
  const kind = kindOf(context, call);
  const { name, namespace } = call;
  if (name === undefined || name === "") throw badRequest("resource name may not be empty");
  if (kind.definition.resource.scope === "Namespaced" && (namespace === undefined || namespace === "")) {
    throw badRequest("an empty namespace may not be set when a resource name is provided");
  }
  checkSegment("Name", name);
  return { kind, namespace: kind.definition.resource.scope === "Namespaced" ? namespace : undefined, name };
}

function checkSegment(what: "Name" | "Namespace", value: string | undefined): void {
  const [problem] = value === undefined ? [] : pathSegment(value);
  if (problem !== undefined) throw badRequest(`${what} parameter invalid: ${JSON.stringify(value)}: ${problem}`);
}
