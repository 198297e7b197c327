import { randomBytes } from "node:crypto";
import { isTenantryError, type KubernetesObject, pause, type Resource, type Transport } from "@tenantry/sdk";

export const CUSTOM_RESOURCE_DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  scope: "Cluster",
};

export interface Widget extends KubernetesObject {
  readonly spec: { readonly size: number; readonly color?: string };
  readonly status?: { readonly ready?: boolean };
}

const PATIENCE_MS = 20_000;

/** Serves a kind of the case's own, with a schema and a status, for as long as `run` takes. */
export async function withWidgets(transport: Transport, run: (widgets: Resource) => Promise<void>): Promise<void> {
  const group = `c${randomBytes(4).toString("hex")}.contract.tenantry.test`;
  const widgets: Resource = { group, version: "v1", plural: "widgets", kind: "Widget", scope: "Namespaced" };
  const name = `widgets.${group}`;
  await transport.send({ verb: "create", resource: CUSTOM_RESOURCE_DEFINITIONS, body: definitionOf(widgets, name) });
  try {
    await served(transport, widgets);
    await run(widgets);
  } finally {
    await transport.send({ verb: "delete", resource: CUSTOM_RESOURCE_DEFINITIONS, name });
  }
}

/** A definition is served a moment after it is accepted, and its storage is ready a moment later (429 until then). */
async function served(transport: Transport, widgets: Resource): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    try {
      await transport.send({ verb: "list", resource: widgets, namespace: "default", signal });
      return;
    } catch (error) {
      if (!isTenantryError(error) || !(error.code === "not_found" || error.retryable)) throw error;
    }
    await pause(50, signal);
  }
}

function definitionOf({ group, version, plural, kind, scope }: Resource, name: string) {
  const spec = {
    type: "object",
    required: ["size"],
    properties: {
      size: { type: "integer", minimum: 1, maximum: 10 },
      color: { type: "string", default: "red" },
    },
  };
  const status = { type: "object", properties: { ready: { type: "boolean" } } };
  const openAPIV3Schema = { type: "object", required: ["spec"], properties: { spec, status } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: {
      group,
      scope,
      names: { plural, singular: "widget", kind, listKind: "WidgetList" },
      versions: [
        { name: version, served: true, storage: true, schema: { openAPIV3Schema }, subresources: { status: {} } },
      ],
    },
  };
}
