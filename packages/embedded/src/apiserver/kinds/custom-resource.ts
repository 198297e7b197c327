import type { KubernetesObject } from "@tenantry/sdk";
import type { Admission } from "../admission.js";
import type { ApiObject } from "../object/api-object.js";
import type { JsonSchema, PrinterColumn, ResourceDefinition } from "../resource-definition.js";
import { keyPrefixOf, PLAIN_RULES, type ScalePaths, type ServedKind } from "../served-kind.js";
import { AGE_COLUMN, age, NAME_COLUMN } from "./built-in-kind.js";
import { compileJsonPath } from "./json-path.js";

/** What we read of a CustomResourceDefinition. Source: apiextensions-apiserver/pkg/apis/apiextensions/v1/types.go. */
export interface DefinitionSpec {
  readonly group: string;
  readonly scope: "Namespaced" | "Cluster";
  readonly names: DefinitionNames;
  readonly versions: readonly DefinitionVersion[];
}

export interface DefinitionNames {
  readonly plural: string;
  readonly singular?: string | undefined;
  readonly kind: string;
  readonly listKind?: string | undefined;
  readonly shortNames?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
}

export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean | undefined;
  readonly deprecationWarning?: string | undefined;
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema | undefined } | undefined;
  readonly subresources?: { readonly status?: object | undefined; readonly scale?: ScalePaths | undefined } | undefined;
  readonly additionalPrinterColumns?: readonly DefinitionColumn[] | undefined;
  readonly selectableFields?: readonly { readonly jsonPath: string }[] | undefined;
}

export interface DefinitionColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string | undefined;
  readonly description?: string | undefined;
  readonly priority?: number | undefined;
  readonly jsonPath: string;
}

export interface CustomKindOptions {
  readonly names: DefinitionNames;
  readonly admission: readonly Admission[];
  readonly schemaRevision: number;
  readonly terminating: boolean;
}

/** The kinds that a definition brings, one for each version that is served. */
export function customKinds(spec: DefinitionSpec, options: CustomKindOptions): ServedKind[] {
  const storageVersion = spec.versions.find((version) => version.storage)?.name ?? "";
  return spec.versions
    .filter((version) => version.served)
    .map((version) => ({
      definition: definitionOf(spec, version, options),
      rules: PLAIN_RULES,
      keyPrefix: keyPrefixOf({ group: spec.group, plural: spec.names.plural }),
      storageVersion,
      schemaRevision: options.schemaRevision,
      terminating: options.terminating,
      scale: version.subresources?.scale,
    }));
}

function definitionOf(
  spec: DefinitionSpec,
  version: DefinitionVersion,
  { names, admission }: CustomKindOptions,
): ResourceDefinition {
  const { group, scope } = spec;
  const { plural, kind, singular = kind.toLowerCase(), shortNames = [], categories = [] } = names;
  const subresources: ("status" | "scale")[] = [];
  if (version.subresources?.status !== undefined) subresources.push("status");
  if (version.subresources?.scale !== undefined) subresources.push("scale");
  const columns = version.additionalPrinterColumns;
  return {
    resource: { group, version: version.name, plural, kind, scope },
    singular,
    shortNames,
    categories,
    subresources,
    schema: version.schema?.openAPIV3Schema,
    columns:
      columns === undefined ? [NAME_COLUMN, { ...AGE_COLUMN, type: "date" }] : [NAME_COLUMN, ...columns.map(toColumn)],
    hasGeneration: true,
    allowsUnconditionalUpdate: false,
    selectableFields: Object.fromEntries(
      (version.selectableFields ?? []).map(({ jsonPath }) => selectableField(jsonPath)),
    ),
    admission,
    builtIn: false,
  };
}

function selectableField(jsonPath: string): [string, (object: KubernetesObject) => string] {
  const read = compileJsonPath(jsonPath);
  return [jsonPath.replace(/^\./, ""), (object) => printScalar(read?.(object)[0])];
}

function printScalar(value: unknown): string {
  return value === undefined || value === null || typeof value === "object" ? "" : String(value);
}

/** Source: apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go. */
function toColumn(column: DefinitionColumn): PrinterColumn {
  const { name, format, description, priority, jsonPath } = column;
  const type = (column.type === "date" ? "string" : column.type) as PrinterColumn["type"];
  const read = compileJsonPath(jsonPath);
  return {
    name,
    type: column.type === "date" ? "date" : type,
    format,
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority,
    value: (object: KubernetesObject, now: Date) => cell(read?.(object as ApiObject)[0], column.type, now),
  };
}

function cell(value: unknown, type: string, now: Date): unknown {
  if (value === undefined || value === null) return null;
  switch (type) {
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      return typeof value === "string" ? age(value, now) : null;
    default:
      return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
}
