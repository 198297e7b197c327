import { isTenantryError, type KubernetesObject, type Resource, type Transport } from "@tenantry/sdk";

const CUSTOM_RESOURCE_DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  scope: "Cluster",
};

/**
 * Makes the API serve a kind as this version of ours describes it. An older description in the store is replaced whole, so that a field
 * which was dropped is not served for ever; objects stay.
 */
export async function installDefinition(transport: Transport, definition: KubernetesObject): Promise<void> {
  const resource = CUSTOM_RESOURCE_DEFINITIONS;
  try {
    await transport.send({ verb: "create", resource, body: definition });
  } catch (error) {
    if (!isTenantryError(error) || error.code !== "already_exists") throw error;
    const { name } = definition.metadata;
    const { metadata } = await transport.send<KubernetesObject>({ verb: "get", resource, name });
    const body = { ...definition, metadata: { ...metadata, ...definition.metadata } };
    await transport.send({ verb: "update", resource, name, body });
  }
}
