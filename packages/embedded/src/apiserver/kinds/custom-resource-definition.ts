import type { Condition, Resource } from "@tenantry/sdk";
import type { Admission } from "../admission.js";
import type { KindRegistry } from "../kind-registry.js";
import { type ApiObject, timestamp } from "../object/api-object.js";
import { fromStored } from "../object/stored-form.js";
import type { ServedKind } from "../served-kind.js";
import type { ServerContext } from "../server-context.js";
import { builtInKind, NAME_COLUMN } from "./built-in-kind.js";
import { customKinds, type DefinitionNames, type DefinitionSpec } from "./custom-resource.js";
import { validateDefinition } from "./definition-rules.js";
import { DEFINITION_SCHEMA } from "./definition-schema.js";
import { unenforcedRules } from "./structural-problems.js";

export const CUSTOM_RESOURCE_DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  scope: "Cluster",
};

/** Holds a definition until its objects are gone. */
export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

export interface DefinitionStatus {
  readonly acceptedNames: DefinitionNames;
  readonly storedVersions: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface DefinitionObject extends ApiObject {
  spec: DefinitionSpec;
  status: DefinitionStatus;
}

/**
 * The kind whose objects bring other kinds. Names are accepted and the kinds served in the write itself; a real server does the same
 * a moment later, in controllers.
 */
export function customResourceDefinitionKind(
  registry: KindRegistry,
  admissions: Readonly<Record<string, readonly Admission[]>>,
  now: () => Date,
): ServedKind {
  function serve(object: ApiObject, change: "put" | "delete"): void {
    const { metadata, spec, status } = object as DefinitionObject;
    const name = metadata.name ?? "";
    const isEstablished = status?.conditions.some(({ type, status: is }) => type === "Established" && is === "True");
    if (change === "delete" || !isEstablished) {
      registry.setCustom(name, []);
      return;
    }
    const options = {
      names: status.acceptedNames,
      admission: Object.hasOwn(admissions, name) ? (admissions[name] ?? []) : [],
      schemaRevision: Number(metadata.resourceVersion),
      terminating: metadata.deletionTimestamp !== undefined,
    };
    registry.setCustom(name, customKinds(spec, options));
  }

  return builtInKind({
    resource: CUSTOM_RESOURCE_DEFINITIONS,
    singular: "customresourcedefinition",
    shortNames: ["crd", "crds"],
    categories: ["api-extensions"],
    subresources: ["status"],
    hasGeneration: true,
    schema: DEFINITION_SCHEMA,
    columns: [
      NAME_COLUMN,
      {
        name: "Created At",
        type: "date",
        description: "CreationTimestamp is a timestamp representing the server time when this object was created.",
        value: (object) => object.metadata.creationTimestamp ?? "",
      },
    ],
    rules: {
      decode: fillNames,
      prepareCreate(object) {
        object.status = accept(object as DefinitionObject, undefined, registry, now());
      },
      prepareUpdate(object, old) {
        object.status = accept(object as DefinitionObject, (old as DefinitionObject).status, registry, now());
      },
      validate: (object, old) => validateDefinition(object as DefinitionObject, old as DefinitionObject | undefined),
      warn: ({ spec }) =>
        unenforcedRules(spec).map((rule) => `validation rule is not enforced by this server: ${rule}`),
      beginDelete(object) {
        const { metadata } = object;
        const finalizers = metadata.finalizers ?? [];
        if (!finalizers.includes(CLEANUP_FINALIZER)) metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
        const definition = object as DefinitionObject;
        const terminating = condition(
          "Terminating",
          "True",
          "InstanceDeletionInProgress",
          "CustomResource deletion is in progress",
          now(),
        );
        definition.status = { ...definition.status, conditions: [...definition.status.conditions, terminating] };
      },
      written: serve,
    },
  });
}

/** Serves what is stored already, when the server starts. */
export async function loadDefinitions(context: ServerContext, kind: ServedKind): Promise<void> {
  const { items } = await context.store.list(kind.keyPrefix);
  for (const stored of items) kind.rules.written(fromStored(kind, stored.value, stored.revision), "put");
}

function fillNames(object: ApiObject): void {
  const spec = object.spec as DefinitionSpec | undefined;
  const names = spec?.names;
  if (spec === undefined || names === undefined || typeof names.kind !== "string") return;
  object.spec = {
    conversion: { strategy: "None" },
    ...spec,
    names: {
      ...names,
      singular: names.singular || names.kind.toLowerCase(),
      listKind: names.listKind || `${names.kind}List`,
    },
  };
}

/** Source: apiextensions-apiserver/pkg/controller/{status,establish}. */
function accept(
  { spec, metadata }: DefinitionObject,
  old: DefinitionStatus | undefined,
  registry: KindRegistry,
  now: Date,
): DefinitionStatus {
  const taken = takenName(spec, metadata.name ?? "", registry);
  const storage = spec?.versions?.find?.((version) => version.storage)?.name;
  const storedVersions = [...(old?.storedVersions ?? [])];
  if (storage !== undefined && !storedVersions.includes(storage)) storedVersions.push(storage);
  const wasEstablished =
    old?.conditions.some(({ type, status }) => type === "Established" && status === "True") === true;
  const accepted =
    taken === undefined
      ? condition("NamesAccepted", "True", "NoConflicts", "no conflicts found", now)
      : condition("NamesAccepted", "False", taken.reason, `${JSON.stringify(taken.name)} is already in use`, now);
  const established =
    taken === undefined || wasEstablished
      ? condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted", now)
      : condition("Established", "False", "NotAccepted", "not all names are accepted", now);
  const others = (old?.conditions ?? []).filter(({ type }) => type !== "NamesAccepted" && type !== "Established");
  const kept = [accepted, established].map((one) => {
    const before = old?.conditions.find(({ type }) => type === one.type);
    return before?.status === one.status ? { ...one, lastTransitionTime: before.lastTransitionTime } : one;
  });
  return {
    acceptedNames: taken === undefined ? spec?.names : (old?.acceptedNames ?? { plural: "", kind: "" }),
    storedVersions,
    conditions: [...kept, ...others],
  };
}

function takenName(
  spec: DefinitionSpec | undefined,
  definition: string,
  registry: KindRegistry,
): { readonly reason: string; readonly name: string } | undefined {
  for (const { resource, singular, shortNames } of registry.definitions()) {
    if (spec === undefined || resource.group !== spec.group || `${resource.plural}.${resource.group}` === definition)
      continue;
    const names = new Set([resource.plural, singular, ...shortNames]);
    const { plural, kind, singular: ownSingular, shortNames: ownShortNames = [] } = spec.names;
    if (names.has(plural)) return { reason: "PluralConflict", name: plural };
    if (ownSingular !== undefined && names.has(ownSingular)) return { reason: "SingularConflict", name: ownSingular };
    const short = ownShortNames.find((one) => names.has(one));
    if (short !== undefined) return { reason: "ShortNamesConflict", name: short };
    if (resource.kind === kind) return { reason: "KindConflict", name: kind };
  }
  return undefined;
}

function condition(type: string, status: Condition["status"], reason: string, message: string, now: Date): Condition {
  return { type, status, reason, message, lastTransitionTime: timestamp(now) };
}
