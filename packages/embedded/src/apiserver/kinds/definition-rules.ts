import { equalJson } from "../object/api-object.js";
import { type FieldError, invalid, notSupported, required } from "../object/field-error.js";
import { dns1035Name, subdomainName } from "../object/name-rules.js";
import type { DefinitionSpec, DefinitionVersion } from "./custom-resource.js";
import type { DefinitionObject } from "./custom-resource-definition.js";
import { structuralProblems } from "./structural-problems.js";

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];

/** Source of rules and texts: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go. */
export function validateDefinition(object: DefinitionObject, old: DefinitionObject | undefined): FieldError[] {
  const { spec, metadata } = object;
  if (spec === undefined) return [required("spec")];
  const errors: FieldError[] = [...validateNames(spec), ...validateGroup(spec, metadata.annotations)];
  const { group, names, versions, scope } = spec;
  // On an update the group and the plural are compared with those before.
  if (old === undefined && names?.plural !== undefined && metadata.name !== `${names.plural}.${group}`) {
    errors.push(invalid("metadata.name", metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (scope !== "Namespaced" && scope !== "Cluster")
    errors.push(notSupported("spec.scope", scope ?? "", ["Cluster", "Namespaced"]));
  if (versions === undefined || versions.length === 0) {
    errors.push(required("spec.versions", "must have at least one version"));
  } else errors.push(...validateVersions(versions));
  if (old !== undefined) errors.push(...validateChange(object, old));
  return errors;
}

function validateNames({ names }: DefinitionSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (names === undefined) return [required("spec.names")];
  for (const field of ["plural", "singular", "kind", "listKind"] as const) {
    const value = names[field];
    const path = `spec.names.${field}`;
    if (value === undefined || value === "") errors.push(required(path));
    else {
      const isKind = field === "kind" || field === "listKind";
      errors.push(...dns1035Name(isKind ? value.toLowerCase() : value).map((problem) => invalid(path, value, problem)));
    }
  }
  for (const [index, name] of (names.shortNames ?? []).entries()) {
    errors.push(...dns1035Name(name).map((problem) => invalid(`spec.names.shortNames[${index}]`, name, problem)));
  }
  return errors;
}

function validateGroup(
  { group }: DefinitionSpec,
  annotations: Readonly<Record<string, string>> | undefined,
): FieldError[] {
  if (group === undefined || group === "") return [required("spec.group")];
  const errors = subdomainName(group).map((problem) => invalid("spec.group", group, problem));
  if (!group.includes(".")) errors.push(invalid("spec.group", group, "should be a domain with at least one dot"));
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group);
  if (isProtected && annotations?.["api-approved.kubernetes.io"] === undefined) {
    const path = "metadata.annotations[api-approved.kubernetes.io]";
    errors.push(
      required(
        path,
        'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      ),
    );
  }
  return errors;
}

function validateVersions(versions: readonly DefinitionVersion[]): FieldError[] {
  const errors: FieldError[] = [];
  if (versions.filter((version) => version.storage === true).length !== 1) {
    errors.push(
      invalid(
        "spec.versions",
        versions.map(({ name }) => name),
        "must have exactly one version marked as storage version",
      ),
    );
  }
  if (new Set(versions.map((version) => version.name)).size !== versions.length) {
    errors.push(
      invalid(
        "spec.versions",
        versions.map(({ name }) => name),
        "must contain unique version names",
      ),
    );
  }
  const hoisted = {
    schema: areEqual(versions.map(({ schema }) => schema)),
    subresources: areEqual(versions.map(({ subresources }) => subresources)),
    columns: areEqual(versions.map(({ additionalPrinterColumns }) => additionalPrinterColumns)),
  };
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`;
    errors.push(...dns1035Name(version.name ?? "").map((problem) => invalid(`${path}.name`, version.name, problem)));
    const scale = version.subresources?.scale;
    if (scale !== undefined && (index === 0 || !hoisted.subresources)) {
      const at = `${hoisted.subresources ? "spec" : path}.subresources.scale`;
      const { specReplicasPath: spec = "", statusReplicasPath: status = "" } = scale;
      if (!spec.startsWith(".spec."))
        errors.push(invalid(`${at}.specReplicasPath`, spec, "should be a json path under .spec"));
      if (!status.startsWith(".status."))
        errors.push(invalid(`${at}.statusReplicasPath`, status, "should be a json path under .status"));
    }
    const schema = version.schema?.openAPIV3Schema;
    if (schema === undefined) errors.push(required(`${path}.schema.openAPIV3Schema`, "schemas are required"));
    else if (index === 0 || !hoisted.schema) {
      const at = hoisted.schema ? "spec.validation" : `${path}.schema`;
      errors.push(...structuralProblems(schema, `${at}.openAPIV3Schema`));
    }
    const columns = index === 0 || !hoisted.columns ? version.additionalPrinterColumns : undefined;
    for (const [position, column] of (columns ?? []).entries()) {
      const at = `${hoisted.columns ? "spec" : path}.additionalPrinterColumns[${position}]`;
      if ((column.name ?? "") === "") errors.push(required(`${at}.name`));
      if ((column.jsonPath ?? "") === "") errors.push(required(`${at}.jsonPath`));
      if (!COLUMN_TYPES.includes(column.type)) {
        errors.push(invalid(`${at}.type`, column.type, `must be one of ${COLUMN_TYPES.join(",")}`));
      }
    }
  }
  return errors;
}

/** What all versions share is validated once, where the internal form keeps it. Source: apiextensions/v1/conversion.go. */
function areEqual(parts: readonly unknown[]): boolean {
  return parts.every((part) => equalJson(part ?? null, parts[0] ?? null));
}

function validateChange({ spec }: DefinitionObject, { spec: old, status }: DefinitionObject): FieldError[] {
  const errors: FieldError[] = [];
  const isImmutable = (path: string, value: unknown, before: unknown) => {
    if (value !== before) errors.push(invalid(path, value, "field is immutable"));
  };
  isImmutable("spec.group", spec.group, old.group);
  isImmutable("spec.names.plural", spec.names?.plural, old.names.plural);
  if (status.conditions.some(({ type, status: is }) => type === "Established" && is === "True")) {
    isImmutable("spec.scope", spec.scope, old.scope);
    isImmutable("spec.names.kind", spec.names?.kind, old.names.kind);
  }
  for (const [index, stored] of status.storedVersions.entries()) {
    if (spec.versions?.some((version) => version.name === stored) === true) continue;
    const detail = `missing from spec.versions; ${stored} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${stored} and removes ${stored} from status.storedVersions`;
    errors.push(invalid(`status.storedVersions[${index}]`, stored, detail));
  }
  return errors;
}
