import type { Resource } from "@tenantry/sdk";
import type { ApiObject } from "./object/api-object.js";
import type { FieldError } from "./object/field-error.js";
import { type NameRule, subdomainName } from "./object/name-rules.js";
import type { ResourceDefinition } from "./resource-definition.js";

/** Where a kind keeps what `/scale` shows: paths such as `.spec.instances`. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string | undefined;
}

/** One kind at one version, with the rules that only the server's own code needs. */
export interface ServedKind {
  readonly definition: ResourceDefinition;
  readonly rules: KindRules;
  /** Where its objects are stored; the same for every version. */
  readonly keyPrefix: string;
  /** The version in which objects are stored. */
  readonly storageVersion: string;
  /** The store's revision at which its schema changed last: older objects are pruned and defaulted again when read. */
  readonly schemaRevision: number;
  /** Set where the kind has the subresource `scale`. */
  readonly scale?: ScalePaths | undefined;
  /** Set while the definition of a custom resource is being deleted: nothing new may be made. */
  readonly terminating: boolean;
}

/** What a kind adds to the verbs. Every function may change the object that it is given. */
export interface KindRules {
  readonly nameRule: NameRule;
  /** Whether PUT makes the object when there is none. */
  readonly createsOnUpdate: boolean;
  /** Runs once the body is decoded and before anything is checked: conversions such as stringData. */
  decode(object: ApiObject): void;
  prepareCreate(object: ApiObject): void;
  prepareUpdate(object: ApiObject, old: ApiObject, subresource: string | undefined): void;
  validate(object: ApiObject, old: ApiObject | undefined): readonly FieldError[];
  /** Texts for `Warning` headers about an object that is accepted. */
  warn(object: ApiObject): readonly string[];
  /** Refuses a delete by throwing. */
  checkDelete(object: ApiObject): void;
  /** Changes the object when its deletion begins; it then stays until its finalizers are gone. */
  beginDelete(object: ApiObject): void;
  /** Finalizers outside metadata still hold the object. */
  isHeld(object: ApiObject): boolean;
  /** Called after each write, before the caller is answered. */
  written(object: ApiObject, change: "put" | "delete"): void;
}

export const PLAIN_RULES: KindRules = {
  nameRule: subdomainName,
  createsOnUpdate: false,
  decode: () => undefined,
  prepareCreate: () => undefined,
  prepareUpdate: () => undefined,
  validate: () => [],
  warn: () => [],
  checkDelete: () => undefined,
  beginDelete: () => undefined,
  isHeld: () => false,
  written: () => undefined,
};

export function keyPrefixOf({ group, plural }: Pick<Resource, "group" | "plural">): string {
  return `/${group === "" ? "core" : group}/${plural}/`;
}

/** The key of one object. Names hold no slash, which `pathSegment` sees to. */
export function keyOf(kind: ServedKind, namespace: string | undefined, name: string): string {
  return kind.definition.resource.scope === "Namespaced"
    ? `${kind.keyPrefix}${namespace ?? ""}/${name}`
    : `${kind.keyPrefix}${name}`;
}

/** The keys of all objects, or of those in one namespace. */
export function prefixOf(kind: ServedKind, namespace: string | undefined): string {
  const isInNamespace = kind.definition.resource.scope === "Namespaced" && namespace !== undefined && namespace !== "";
  return isInNamespace ? `${kind.keyPrefix}${namespace}/` : kind.keyPrefix;
}
