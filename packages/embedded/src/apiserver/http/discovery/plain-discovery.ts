import { createHash } from "node:crypto";
import { apiVersionOf } from "@tenantry/sdk";
import type { ResourceDefinition } from "../../resource-definition.js";
import { type ServedGroup, servedGroups } from "./group-versions.js";
import { resourceVerbs, subresourceKind, subresourceVerbs } from "./resource-verbs.js";

// The documents of discovery before it was aggregated. Source: apiserver endpoints/discovery/{legacy,root,group,version}.go.

/** `GET /api`. @param serverAddress - host and port that the client reached us by. */
export function apiVersions(serverAddress: string): unknown {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
  };
}

/** `GET /apis`. The core group has its own document. */
export function apiGroupList(definitions: readonly ResourceDefinition[]): unknown {
  const groups = servedGroups(definitions).filter(({ name }) => name !== "");
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(toGroup) };
}

/** `GET /apis/{group}`. Undefined when nothing of it is served. */
export function apiGroup(definitions: readonly ResourceDefinition[], name: string): unknown {
  const group = servedGroups(definitions).find((served) => served.name === name);
  return group === undefined || name === "" ? undefined : { kind: "APIGroup", apiVersion: "v1", ...toGroup(group) };
}

/** `GET /api/v1` and `GET /apis/{group}/{version}`. Undefined when nothing of it is served. */
export function apiResourceList(definitions: readonly ResourceDefinition[], group: string, version: string): unknown {
  const served = definitions.filter(({ resource }) => resource.group === group && resource.version === version);
  if (served.length === 0) return undefined;
  const resources = served.flatMap((definition) => [toResource(definition), ...toSubresources(definition)]);
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersionOf({ group, version }), resources };
}

function toGroup({ name, versions }: ServedGroup) {
  const listed = versions.map(({ version }) => ({ groupVersion: apiVersionOf({ group: name, version }), version }));
  return { name, versions: listed, preferredVersion: listed[0] };
}

function toResource(definition: ResourceDefinition) {
  const { resource, singular, shortNames, categories } = definition;
  return {
    name: resource.plural,
    singularName: singular,
    namespaced: resource.scope === "Namespaced",
    kind: resource.kind,
    verbs: resourceVerbs(definition),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    storageVersionHash: storageVersionHash(definition),
  };
}

function toSubresources(definition: ResourceDefinition) {
  const { resource, subresources } = definition;
  return subresources.map((subresource) => {
    const { group, version, kind } = subresourceKind(definition, subresource);
    return {
      name: `${resource.plural}/${subresource}`,
      singularName: "",
      namespaced: resource.scope === "Namespaced",
      ...(kind === resource.kind ? {} : { group, version }),
      kind,
      verbs: subresourceVerbs(subresource),
    };
  });
}

/** Source: apiserver endpoints/discovery/storageversionhash.go. */
function storageVersionHash({ resource: { group, version, kind } }: ResourceDefinition): string {
  return createHash("sha256").update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString("base64");
}
