import type { KubernetesObject, Transport } from "@tenantry/sdk";
import { CUSTOM_RESOURCE_DEFINITIONS } from "../../src/apiserver/kinds/custom-resource-definition.js";
import { WIDGETS, widgetDefinition } from "./widgets.js";

export interface Widget extends KubernetesObject {
  readonly spec: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

const text = { type: "string" };
/** One field for each rule that a schema can have. */
export const SPEC = {
  type: "object",
  required: ["size"],
  "x-kubernetes-validations": [
    { rule: "self.size <= self.max", message: "size must not exceed max" },
    { rule: "self.kind == oldSelf.kind", message: "kind is fixed" },
  ],
  properties: {
    size: { type: "integer", minimum: 1, format: "int32" },
    max: { type: "integer", default: 10 },
    kind: { type: "string", default: "plain", enum: ["plain", "fancy"] },
    code: { type: "string", pattern: "^(?i:a+)$", maxLength: 5, minLength: 1 },
    note: { type: "string", nullable: true, default: "none" },
    port: { "x-kubernetes-int-or-string": true },
    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    map: {
      type: "object",
      additionalProperties: { type: "object", properties: { on: { type: "boolean", default: true } } },
    },
    list: {
      type: "array",
      maxItems: 2,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: {
        type: "object",
        required: ["name"],
        properties: { name: text, when: { type: "string", format: "date-time" } },
      },
    },
    either: { type: "object", properties: { a: text, b: text }, oneOf: [{ required: ["a"] }, { required: ["b"] }] },
  },
};

/** A definition that is accepted, with what is given in the place of its own. */
export function definition(spec: object = SPEC, version: object = {}, extra: object = {}) {
  const status = { type: "object", properties: { phase: text, n: { type: "integer" } } };
  const own = {
    subresources: { status: {} },
    schema: { openAPIV3Schema: { type: "object", properties: { spec, status } } },
    additionalPrinterColumns: [
      { name: "Size", type: "integer", jsonPath: ".spec.size" },
      { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    ],
    selectableFields: [{ jsonPath: ".spec.kind" }],
  };
  const names = { plural: "widgets", kind: "Widget", shortNames: ["wd"] };
  return widgetDefinition({ ...own, ...version }, { names, ...extra });
}

export function widget(spec: object, extra: object = {}) {
  return { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, spec, ...extra };
}

/** Short ways to define the kind and to write the one widget. The transport is looked up at each call. */
export function widgetCalls(api: { readonly transport: Transport }) {
  const at = { resource: WIDGETS, namespace: "default" } as const;
  return {
    define: (body: object) =>
      api.transport.send<KubernetesObject>({ verb: "create", resource: CUSTOM_RESOURCE_DEFINITIONS, body }),
    create: (spec: object, extra: object = {}) =>
      api.transport.send<Widget>({ verb: "create", ...at, body: widget(spec, extra) }),
    patch: (body: object, extra: object = {}) =>
      api.transport.send<Widget>({ verb: "patch", ...at, name: "w", body, ...extra }),
  };
}
