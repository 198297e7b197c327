import type { ApiCall, ApiWatchCall } from "../api-server.js";
import { badRequest, invalidOptions } from "../object/failures.js";
import { forbidden, notSupported, tooLong } from "../object/field-error.js";

/** Which of the options' kinds a query stands for, as an error names it. */
export type OptionsKind = "CreateOptions" | "UpdateOptions" | "PatchOptions" | "DeleteOptions";

type ListParameters = Pick<
  ApiCall,
  "labelSelector" | "fieldSelector" | "limit" | "continue" | "resourceVersion" | "resourceVersionMatch"
>;
type WriteParameters = Pick<ApiCall, "fieldManager" | "fieldValidation" | "dryRun" | "force">;

/** Source: apimachinery pkg/apis/meta/v1/validation, FieldManagerMaxLength. */
const MAX_FIELD_MANAGER_BYTES = 128;
const FIELD_VALIDATIONS = ["", "Ignore", "Strict", "Warn"] as const;

export function readListParameters(query: URLSearchParams): ListParameters {
  if (query.has("sendInitialEvents")) {
    throw invalidOptions("ListOptions", [forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")]);
  }
  const limit = readInteger(query, "limit");
  return {
    labelSelector: text(query, "labelSelector"),
    fieldSelector: text(query, "fieldSelector"),
    limit: limit !== undefined && limit > 0 ? limit : undefined,
    continue: text(query, "continue"),
    resourceVersion: text(query, "resourceVersion"),
    resourceVersionMatch: text(query, "resourceVersionMatch"),
  };
}

export function readWatchParameters(query: URLSearchParams): Omit<ApiWatchCall, "resource" | "namespace" | "signal"> {
  return {
    labelSelector: text(query, "labelSelector"),
    fieldSelector: text(query, "fieldSelector"),
    resourceVersion: text(query, "resourceVersion"),
    resourceVersionMatch: text(query, "resourceVersionMatch"),
    sendInitialEvents: query.has("sendInitialEvents") ? readBoolean(query, "sendInitialEvents") : undefined,
    allowWatchBookmarks: readBoolean(query, "allowWatchBookmarks"),
    timeoutSeconds: readInteger(query, "timeoutSeconds"),
  };
}

/**
 * @param userAgent - names the field manager where the request does not: its first word, as Kubernetes does.
 * Apply has no such fallback.
 */
export function readWriteParameters(
  query: URLSearchParams,
  kind: OptionsKind,
  userAgent: string | undefined,
): WriteParameters {
  const fieldManager = query.get("fieldManager") ?? "";
  if (Buffer.byteLength(fieldManager) > MAX_FIELD_MANAGER_BYTES) {
    throw invalidOptions(kind, [tooLong("fieldManager", MAX_FIELD_MANAGER_BYTES)]);
  }
  const fieldValidation = query.get("fieldValidation") ?? "";
  if (!isFieldValidation(fieldValidation)) {
    throw invalidOptions(kind, [notSupported("fieldValidation", fieldValidation, FIELD_VALIDATIONS)]);
  }
  return {
    fieldManager: fieldManager === "" ? fieldManagerOf(userAgent) : fieldManager,
    fieldValidation: fieldValidation === "" ? undefined : fieldValidation,
    dryRun: readDryRun(query.getAll("dryRun"), kind),
    force: query.has("force") ? readBoolean(query, "force") : undefined,
  };
}

/** `All` is the only dry run there is. */
export function readDryRun(values: readonly string[], kind: OptionsKind): boolean {
  const given = values.filter((value) => value !== "");
  if (given.some((value) => value !== "All")) {
    throw invalidOptions(kind, [notSupported("dryRun", given, ["All"])]);
  }
  return given.length > 0;
}

/** `DeleteOptions` come in the body; where there is none, in the query. */
export function readDeleteOptions(query: URLSearchParams): Record<string, unknown> {
  const gracePeriodSeconds = readInteger(query, "gracePeriodSeconds");
  const propagationPolicy = text(query, "propagationPolicy");
  return {
    kind: "DeleteOptions",
    apiVersion: "v1",
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(query.has("orphanDependents") ? { orphanDependents: readBoolean(query, "orphanDependents") } : {}),
  };
}

/** Source: apimachinery runtime/conversion.go, Convert_Slice_string_To_bool: absent, "false" and "0" are false, the rest true. */
export function readBoolean(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value.toLowerCase() !== "false" && value !== "0";
}

function readInteger(query: URLSearchParams, name: string): number | undefined {
  const value = text(query, name);
  if (value === undefined) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(value)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return Number(value);
}

/** An empty parameter means the same as none. */
function text(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

function isFieldValidation(value: string): value is (typeof FIELD_VALIDATIONS)[number] {
  return (FIELD_VALIDATIONS as readonly string[]).includes(value);
}

/** Source: apiserver endpoints/handlers/create.go, managerOrUserAgent and prefixFromUserAgent. */
function fieldManagerOf(userAgent: string | undefined): string | undefined {
  const word = (userAgent ?? "").split("/")[0] ?? "";
  const printable = word.replace(/[^\x20-\x7e]/g, "").slice(0, MAX_FIELD_MANAGER_BYTES);
  return printable === "" ? undefined : printable;
}
