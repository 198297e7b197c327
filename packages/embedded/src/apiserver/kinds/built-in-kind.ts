import type { KubernetesObject, Resource } from "@tenantry/sdk";
import type { JsonSchema, PrinterColumn, ResourceDefinition } from "../resource-definition.js";
import { type KindRules, keyPrefixOf, PLAIN_RULES, type ServedKind } from "../served-kind.js";

export interface BuiltInKind {
  readonly resource: Resource;
  readonly singular: string;
  readonly shortNames?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly subresources?: ResourceDefinition["subresources"] | undefined;
  readonly schema: JsonSchema;
  readonly columns: readonly PrinterColumn[];
  readonly hasGeneration?: boolean | undefined;
  readonly selectableFields?: ResourceDefinition["selectableFields"] | undefined;
  readonly rules?: Partial<KindRules> | undefined;
}

export function builtInKind(kind: BuiltInKind): ServedKind {
  return {
    definition: {
      resource: kind.resource,
      singular: kind.singular,
      shortNames: kind.shortNames ?? [],
      categories: kind.categories ?? [],
      subresources: kind.subresources ?? [],
      schema: kind.schema,
      columns: kind.columns,
      hasGeneration: kind.hasGeneration ?? false,
      allowsUnconditionalUpdate: true,
      selectableFields: kind.selectableFields ?? {},
      admission: [],
      builtIn: true,
    },
    rules: { ...PLAIN_RULES, ...kind.rules },
    keyPrefix: keyPrefixOf(kind.resource),
    storageVersion: kind.resource.version,
    schemaRevision: 0,
    terminating: false,
  };
}

/** Reads a field by its path. */
export function fieldAt(object: KubernetesObject, ...path: readonly string[]): unknown {
  let value: unknown = object;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** Reads a field as a field selector compares it: by its printed form, and "" when absent. */
export function fieldText(...path: readonly string[]): (object: KubernetesObject) => string {
  return (object) => {
    const value = fieldAt(object, ...path);
    return value === undefined || value === null ? "" : String(value);
  };
}

// Source of the descriptions: apimachinery pkg/apis/meta/v1/types_swagger_doc_generated.go, ObjectMeta.
const NAME_DESCRIPTION =
  "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
const AGE_DESCRIPTION =
  "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/** The columns that nearly every kind begins and ends with. */
export const NAME_COLUMN: PrinterColumn = {
  name: "Name",
  type: "string",
  format: "name",
  description: NAME_DESCRIPTION,
  value: (object) => object.metadata.name ?? "",
};
export const AGE_COLUMN: PrinterColumn = {
  name: "Age",
  type: "string",
  description: AGE_DESCRIPTION,
  value: (object, now) => age(object.metadata.creationTimestamp ?? undefined, now),
};

/** Source: apimachinery/pkg/util/duration HumanDuration. */
export function age(since: string | undefined, now: Date): string {
  if (since === undefined) return "<unknown>";
  const seconds = Math.floor((now.getTime() - Date.parse(since)) / 1000);
  if (Number.isNaN(seconds)) return "<unknown>";
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 2920 && days % 365 !== 0 ? `${years}y${days % 365}d` : `${years}y`;
}
