import type { KubernetesObject, ListMeta } from "@tenantry/sdk";
import { badRequest } from "../object/failures.js";
import type { ResourceDefinition } from "../resource-definition.js";
import { toPartialObjectMetadata } from "./partial-object-metadata.js";

export type IncludeObject = "None" | "Metadata" | "Object";

/** Source: apiserver endpoints/handlers/response.go, asTable. */
export function readIncludeObject(query: URLSearchParams): IncludeObject {
  const value = query.get("includeObject") || "Metadata";
  if (value === "None" || value === "Metadata" || value === "Object") return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export interface TableOptions {
  readonly includeObject: IncludeObject;
  /** Only the first event of a watch repeats the columns. */
  readonly withColumns: boolean;
  readonly now: Date;
}

/** What `kubectl get` prints. Source: apimachinery meta/v1 Table. */
export function toTable(
  definition: ResourceDefinition,
  metadata: ListMeta,
  objects: readonly KubernetesObject[],
  { includeObject, withColumns, now }: TableOptions,
): unknown {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: withColumns ? definition.columns.map(toColumnDefinition) : null,
    rows: objects.map((object) => ({
      cells: definition.columns.map(({ value }) => value(object, now) ?? null),
      object: includedObject(object, includeObject),
    })),
  };
}

function toColumnDefinition({ name, type, format, description, priority }: ResourceDefinition["columns"][number]) {
  return { name, type, format: format ?? "", description: description ?? "", priority: priority ?? 0 };
}

function includedObject(object: KubernetesObject, include: IncludeObject): unknown {
  if (include === "None") return null;
  return include === "Object" ? object : toPartialObjectMetadata(object);
}
