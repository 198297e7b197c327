import type { KubernetesObject, ListMeta, ObjectMeta } from "@tenantry/sdk";

/** An object without all but its metadata. Source: apimachinery meta/v1 PartialObjectMetadata. */
export interface PartialObjectMetadata {
  readonly kind: "PartialObjectMetadata";
  readonly apiVersion: "meta.k8s.io/v1";
  readonly metadata: ObjectMeta;
}

export function toPartialObjectMetadata({ metadata }: KubernetesObject): PartialObjectMetadata {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}

export function toPartialObjectMetadataList(list: { metadata: ListMeta; items: readonly KubernetesObject[] }): unknown {
  return {
    kind: "PartialObjectMetadataList",
    apiVersion: "meta.k8s.io/v1",
    metadata: list.metadata,
    items: list.items.map(toPartialObjectMetadata),
  };
}
