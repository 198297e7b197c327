import type { ServedKind } from "../served-kind.js";
import type { ApiMeta, ApiObject } from "./api-object.js";
import { type FieldError, forbidden, invalid, required, tooLong } from "./field-error.js";
import { labelValue, type NameRule, qualifiedName } from "./name-rules.js";

const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Source of rules and texts: apimachinery/pkg/api/validation/objectmeta.go. */
export function validateMeta(kind: ServedKind, { metadata }: ApiObject): FieldError[] {
  return [
    ...validateName(metadata, kind.rules.nameRule),
    ...validateLabels(metadata.labels, "metadata.labels"),
    ...validateAnnotations(metadata.annotations),
    ...validateOwners(metadata),
    ...validateFinalizers(metadata.finalizers ?? []),
    ...(isCore(kind) ? validateCoreFinalizers(metadata.finalizers ?? []) : []),
  ];
}

export function validateMetaUpdate({ metadata }: ApiObject, old: ApiObject): FieldError[] {
  if (old.metadata.deletionTimestamp === undefined) return [];
  const added = (metadata.finalizers ?? []).filter((one) => old.metadata.finalizers?.includes(one) !== true);
  if (added.length === 0) return [];
  const list = `[]string{${added.map((one) => JSON.stringify(one)).join(", ")}}`;
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbidden("metadata.finalizers", detail)];
}

function validateName({ name, generateName }: ApiMeta, rule: NameRule): FieldError[] {
  const errors: FieldError[] = [];
  if (generateName !== undefined && generateName !== "") {
    // A prefix may end in a dash: what follows is generated.
    const prefix = generateName.endsWith("-") ? `${generateName.slice(0, -1)}a` : generateName;
    errors.push(...rule(prefix).map((problem) => invalid("metadata.generateName", generateName, problem)));
  }
  if (name === undefined || name === "") {
    errors.push(required("metadata.name", "name or generateName is required"));
  } else errors.push(...rule(name).map((problem) => invalid("metadata.name", name, problem)));
  return errors;
}

function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    errors.push(...qualifiedName(key).map((problem) => invalid(path, key, problem)));
    errors.push(...labelValue(value).map((problem) => invalid(path, value, problem)));
  }
  return errors;
}

function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...qualifiedName(key.toLowerCase()).map((problem) => invalid("metadata.annotations", key, problem)));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_ANNOTATION_BYTES) errors.push(tooLong("metadata.annotations", MAX_ANNOTATION_BYTES));
  return errors;
}

function validateOwners({ ownerReferences = [] }: ApiMeta): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, owner] of ownerReferences.entries()) {
    for (const field of ["apiVersion", "kind", "name", "uid"] as const) {
      if (owner[field] === undefined || owner[field] === "") {
        errors.push(required(`metadata.ownerReferences[${index}].${field}`, "must not be empty"));
      }
    }
    if (owner.apiVersion === "v1" && owner.kind === "Event") {
      const detail = "/v1, Kind=Event is disallowed from being an owner";
      errors.push(invalid(`metadata.ownerReferences[${index}]`, owner, detail));
    }
  }
  const [first, second] = ownerReferences.filter((owner) => owner.controller === true);
  if (first !== undefined && second !== undefined) {
    const found = `Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
    errors.push(
      invalid(
        "metadata.ownerReferences",
        ownerReferences,
        `Only one reference can have Controller set to true. ${found}`,
      ),
    );
  }
  return errors;
}

function validateFinalizers(finalizers: readonly string[]): FieldError[] {
  const path = "metadata.finalizers";
  const errors = finalizers.flatMap((one) => qualifiedName(one).map((problem) => invalid(path, one, problem)));
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.push(invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
  }
  return errors;
}

const isCore = ({ definition }: ServedKind) => definition.builtIn && definition.resource.group === "";

/** Kinds of the core group insist on a domain. Source: kubernetes/kubernetes pkg/apis/core/validation, validateKubeFinalizerName. */
function validateCoreFinalizers(finalizers: readonly string[]): FieldError[] {
  const detail = "name is neither a standard finalizer name nor is it fully qualified";
  return finalizers.flatMap((one, index) =>
    one.includes("/") || STANDARD_FINALIZERS.has(one) ? [] : [invalid(`metadata.finalizers[${index}]`, one, detail)],
  );
}

const STANDARD_FINALIZERS = new Set(["kubernetes", "orphan", "foregroundDeletion"]);
