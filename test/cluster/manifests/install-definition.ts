import { isTenantryError, type KubernetesObject, pause, type Resource, type Transport } from "@tenantry/sdk";

/** Of `apiextensions.k8s.io/v1`: what is read of it here. */
export interface CustomResourceDefinition extends KubernetesObject {
  readonly spec: {
    readonly group: string;
    readonly scope: "Namespaced" | "Cluster";
    readonly names: { readonly plural: string; readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
  };
}

const DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  scope: "Cluster",
};
const POLL_MS = 100;

/** Creates a definition, if none of its name is there, and resolves once its kind is served. */
export async function installDefinition(
  transport: Transport,
  definition: CustomResourceDefinition,
  signal: AbortSignal,
): Promise<Resource> {
  try {
    await transport.send({ verb: "create", resource: DEFINITIONS, body: definition, signal });
  } catch (error) {
    if (!isTenantryError(error) || error.code !== "already_exists") throw error;
  }
  const { group, scope, names, versions } = definition.spec;
  const version = versions.find(({ storage }) => storage)?.name ?? "";
  const resource: Resource = { group, version, plural: names.plural, kind: names.kind, scope };
  for (;;) {
    try {
      await transport.send({ verb: "list", resource, limit: 1, signal });
      return resource;
    } catch (error) {
      // It is served a moment after it is accepted, and its storage is ready a moment later (429 until then).
      if (!isTenantryError(error) || (error.code !== "not_found" && !error.retryable)) throw error;
      await pause(POLL_MS, signal);
    }
  }
}
