import type { ManagedFieldsEntry } from "@tenantry/sdk";
import { isRecord } from "../object/api-object.js";
import { FieldSet } from "./field-set.js";

/** One entry of managedFields with its set decoded. Update entries of one manager differ by apiVersion and subresource. */
export interface Manager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string | undefined;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

export type ManagerKey = Pick<Manager, "manager" | "operation" | "apiVersion" | "subresource">;

/** Source: managedfields/internal/capmanagers.go. */
const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = "ancient-changes";

export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Manager[] {
  return (entries ?? []).filter(isRecord).map((entry) => ({
    manager: String(entry.manager ?? ""),
    operation: entry.operation === "Apply" ? "Apply" : "Update",
    apiVersion: String(entry.apiVersion ?? ""),
    subresource: typeof entry.subresource === "string" && entry.subresource !== "" ? entry.subresource : undefined,
    time: typeof entry.time === "string" ? entry.time : undefined,
    fields: FieldSet.fromFieldsV1(entry.fieldsV1),
  }));
}

/** Apply entries first, then by time, manager, apiVersion and subresource; managers without fields are left out. */
export function writeManagers(managers: readonly Manager[]): ManagedFieldsEntry[] {
  return capped(managers.filter((one) => !one.fields.isEmpty))
    .toSorted((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1))
    .map(({ manager, operation, apiVersion, time, subresource, fields }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: "FieldsV1",
      fieldsV1: fields.toFieldsV1(),
      ...(subresource === undefined ? {} : { subresource }),
    }));
}

export function isSameManager(left: ManagerKey, right: ManagerKey): boolean {
  return (
    left.manager === right.manager &&
    left.operation === right.operation &&
    left.subresource === right.subresource &&
    // Whoever applies owns one set, whatever version it is written in.
    (left.operation === "Apply" || left.apiVersion === right.apiVersion)
  );
}

function sortKey({ operation, time = "", manager, apiVersion, subresource = "" }: Manager): string {
  return [operation, time, manager, apiVersion, subresource].join("\u0000");
}

function capped(managers: readonly Manager[]): readonly Manager[] {
  const updates = managers.filter(({ operation }) => operation === "Update");
  if (updates.length <= MAX_UPDATE_MANAGERS) return managers;
  const oldest = updates.toSorted((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
  const count = updates.length - MAX_UPDATE_MANAGERS + 1;
  const merged = new Set(oldest.slice(0, count));
  const ancient = new Map<string, Manager>();
  for (const one of merged) {
    const known = ancient.get(one.apiVersion);
    const fields = known === undefined ? one.fields : known.fields.union(one.fields);
    ancient.set(one.apiVersion, { ...one, manager: ANCIENT, subresource: undefined, fields });
  }
  return [...managers.filter((one) => !merged.has(one)), ...ancient.values()];
}

/** The words before the first slash of a User-Agent, printable and at most 128 bytes. Source: handlers/create.go managerOrUserAgent. */
export function managerName(name: string | undefined): string {
  const printable = [...(name ?? "")].filter((character) => /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)).join("");
  return printable === "" ? "unknown" : Buffer.from(printable).subarray(0, 128).toString();
}
