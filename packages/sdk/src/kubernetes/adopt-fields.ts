import type { Transport } from "../transport/transport.js";
import type { KubernetesObject, ManagedFieldsEntry, Resource } from "./object.js";

/**
 * Hands the fields that `fieldManager` wrote by `create` or `update` to the same manager's later applies. Without it the API server counts
 * them as another owner's, and an apply that leaves a field out would not remove it.
 * Source: client-go util/csaupgrade, which does the same for kubectl.
 */
export async function adoptFields(
  transport: Transport,
  resource: Resource,
  object: KubernetesObject,
  fieldManager: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { managedFields = [], namespace, name, resourceVersion } = object.metadata;
  const isOurs = (entry: ManagedFieldsEntry) => entry.manager === fieldManager && entry.subresource === undefined;
  const created = managedFields.findIndex((entry) => isOurs(entry) && entry.operation === "Update");
  if (created === -1 || managedFields.some((entry) => isOurs(entry) && entry.operation === "Apply")) return;
  await transport.send({
    verb: "patch",
    patchType: "json",
    resource,
    namespace,
    name,
    body: [
      { op: "replace", path: `/metadata/managedFields/${created}/operation`, value: "Apply" },
      { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
    ],
    signal,
  });
}
