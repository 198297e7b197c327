import type { KubernetesObject, Resource } from "@tenantry/sdk";
import type { Admission } from "./admission.js";

/** One served kind: all that verbs, discovery, OpenAPI, Table output and validation need to know of it. */
export interface ResourceDefinition {
  readonly resource: Resource;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly ("status" | "scale" | "finalize")[];
  /** Structural schema (OpenAPI v3 as Kubernetes restricts it). Absent: the object is taken as it is. */
  readonly schema?: JsonSchema | undefined;
  readonly columns: readonly PrinterColumn[];
  /** `metadata.generation` counts changes of the spec. Not for Secret, ConfigMap, Event, Namespace. */
  readonly hasGeneration: boolean;
  /** Whether PUT works without a resourceVersion (built-in kinds) or not (custom resources). */
  readonly allowsUnconditionalUpdate: boolean;
  /** Fields beyond metadata.name and metadata.namespace that a fieldSelector may name, with how to read them. */
  readonly selectableFields: Readonly<Record<string, (object: KubernetesObject) => string>>;
  readonly admission: readonly Admission[];
  /** Built-in kinds take strategic merge patches and omit kind and apiVersion in list items. */
  readonly builtIn: boolean;
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly format?: string | undefined;
  readonly description?: string | undefined;
  /** 0 is shown always, greater only with `-o wide`. */
  readonly priority?: number | undefined;
  readonly value: (object: KubernetesObject, now: Date) => unknown;
}

/** The keywords of a structural schema that we evaluate. */
export interface JsonSchema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean" | undefined;
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | JsonSchema | undefined;
  readonly items?: JsonSchema | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly default?: unknown;
  readonly nullable?: boolean | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: boolean | undefined;
  readonly exclusiveMaximum?: boolean | undefined;
  readonly multipleOf?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly allOf?: readonly JsonSchema[] | undefined;
  readonly not?: JsonSchema | undefined;
  readonly "x-kubernetes-int-or-string"?: boolean | undefined;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean | undefined;
  readonly "x-kubernetes-embedded-resource"?: boolean | undefined;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map" | undefined;
  readonly "x-kubernetes-list-map-keys"?: readonly string[] | undefined;
  readonly "x-kubernetes-map-type"?: "atomic" | "granular" | undefined;
  readonly "x-kubernetes-validations"?: readonly ValidationRule[] | undefined;
}

export interface ValidationRule {
  readonly rule: string;
  readonly message?: string | undefined;
  readonly messageExpression?: string | undefined;
  readonly reason?: string | undefined;
  readonly fieldPath?: string | undefined;
  readonly optionalOldSelf?: boolean | undefined;
}
