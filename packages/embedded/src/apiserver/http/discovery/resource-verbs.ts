import { NAMESPACES } from "@tenantry/sdk";
import type { ResourceDefinition } from "../../resource-definition.js";

const ALL_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;

/** The order in which Kubernetes names the verbs of a custom resource. Source: customresource_discovery_controller.go. */
const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"] as const;

/** Kubernetes has no way to delete all namespaces in one call. */
export function resourceVerbs({ resource, builtIn }: ResourceDefinition): readonly string[] {
  if (!builtIn) return CUSTOM_VERBS;
  const isNamespace = resource.group === "" && resource.plural === NAMESPACES.plural;
  return isNamespace ? ALL_VERBS.filter((verb) => verb !== "deletecollection") : ALL_VERBS;
}

export function subresourceVerbs(subresource: ResourceDefinition["subresources"][number]): readonly string[] {
  return subresource === "finalize" ? ["update"] : ["get", "patch", "update"];
}

export interface ResponseKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What reading a subresource gives: the object itself, but for `scale`. */
export function subresourceKind(
  { resource }: ResourceDefinition,
  subresource: ResourceDefinition["subresources"][number],
): ResponseKind {
  if (subresource === "scale") return { group: "autoscaling", version: "v1", kind: "Scale" };
  return { group: resource.group, version: resource.version, kind: resource.kind };
}
