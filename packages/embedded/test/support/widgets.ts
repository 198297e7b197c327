import type { Resource } from "@tenantry/sdk";

/** A kind that {@link widgetDefinition} defines. */
export const WIDGETS: Resource = {
  group: "example.com",
  version: "v1",
  plural: "widgets",
  kind: "Widget",
  scope: "Namespaced",
};

/** `version` says what its one version has, a schema at least; `spec` replaces other fields. */
export function widgetDefinition(version: object, spec: object = {}) {
  return {
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget" },
      versions: [{ name: "v1", served: true, storage: true, ...version }],
      ...spec,
    },
  };
}
