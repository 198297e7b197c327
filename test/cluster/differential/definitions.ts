/** Kinds that the cases write, made on both servers before. */
export const DEFINITIONS: readonly { readonly definition: object; readonly listPath: string }[] = [
  {
    listPath: "/apis/fidelity.tenantry.test/v1/widgets",
    definition: definitionOf("widgets", "Widget", "Namespaced", {
      additionalPrinterColumns: [
        { name: "Size", type: "integer", jsonPath: ".spec.size", description: "how large" },
        { name: "Color", type: "string", jsonPath: ".spec.color", priority: 1 },
      ],
      subresources: {
        status: {},
        scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" },
      },
      selectableFields: [{ jsonPath: ".spec.color" }],
      schema: { openAPIV3Schema: widgetSchema() },
    }),
  },
  {
    listPath: "/apis/fidelity.tenantry.test/v1/planets",
    definition: definitionOf("planets", "Planet", "Cluster", {
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
    }),
  },
];

function definitionOf(plural: string, kind: string, scope: string, version: object): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.fidelity.tenantry.test` },
    spec: {
      group: "fidelity.tenantry.test",
      scope,
      names: {
        plural,
        kind,
        singular: kind.toLowerCase(),
        listKind: `${kind}List`,
        shortNames: [kind.slice(0, 3).toLowerCase()],
      },
      versions: [{ name: "v1", served: true, storage: true, ...version }],
    },
  };
}

/** A little of everything that schemas can ask for. */
function widgetSchema(): object {
  const part = {
    type: "object",
    required: ["name"],
    properties: { name: { type: "string" }, weight: { type: "integer", default: 1 } },
  };
  const spec = {
    type: "object",
    required: ["size"],
    properties: {
      size: { type: "integer", minimum: 1, maximum: 10 },
      half: { type: "integer", multipleOf: 2 },
      replicas: { type: "integer" },
      large: { type: "integer", format: "int64" },
      color: { type: "string", default: "red" },
      mode: { type: "string", enum: ["fast", "slow"] },
      code: { type: "string", pattern: "^[a-z]+$", minLength: 2, maxLength: 5 },
      date: { type: "string", format: "date-time" },
      port: { "x-kubernetes-int-or-string": true },
      note: { type: "string", nullable: true, default: "none" },
      tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set", maxItems: 3 },
      parts: { type: "array", items: part, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] },
      limits: { type: "object", additionalProperties: { type: "integer" }, maxProperties: 2 },
      free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      fixed: {
        type: "string",
        "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "is fixed once given" }],
      },
    },
    "x-kubernetes-validations": [
      {
        rule: "!has(self.replicas) || self.replicas <= self.size",
        message: "more replicas than size",
        fieldPath: ".replicas",
      },
    ],
  };
  const status = {
    type: "object",
    properties: { ready: { type: "boolean" }, replicas: { type: "integer", minimum: 0 } },
  };
  return { type: "object", required: ["spec"], properties: { spec, status } };
}
