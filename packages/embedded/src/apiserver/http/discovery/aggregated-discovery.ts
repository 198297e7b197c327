import type { ResourceDefinition } from "../../resource-definition.js";
import { type ServedGroup, servedGroups } from "./group-versions.js";
import { resourceVerbs, subresourceKind, subresourceVerbs } from "./resource-verbs.js";

/** All of discovery in one document. Source: kubernetes/api apidiscovery/v2/types.go, KEP-3352. */
export function aggregatedDiscovery(definitions: readonly ResourceDefinition[], isCore: boolean): unknown {
  const groups = servedGroups(definitions).filter(({ name }) => (name === "") === isCore);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: groups.map(toGroupDiscovery),
  };
}

function toGroupDiscovery({ name, versions }: ServedGroup) {
  return {
    metadata: name === "" ? { creationTimestamp: null } : { name, creationTimestamp: null },
    versions: versions.map(({ version, definitions }) => ({
      version,
      resources: definitions.map(toResourceDiscovery),
      freshness: "Current",
    })),
  };
}

function toResourceDiscovery(definition: ResourceDefinition) {
  const { resource, singular, shortNames, categories, subresources } = definition;
  const { group, version, kind } = resource;
  return {
    resource: resource.plural,
    responseKind: { group, version, kind },
    scope: resource.scope,
    singularResource: singular,
    verbs: resourceVerbs(definition),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map((subresource) => ({
            subresource,
            responseKind: subresourceKind(definition, subresource),
            verbs: subresourceVerbs(subresource),
          })),
        }),
  };
}
