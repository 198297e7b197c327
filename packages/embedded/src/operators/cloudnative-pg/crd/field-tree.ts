import { isDeepStrictEqual } from "node:util";
import type { StatusCause } from "@tenantry/sdk";
import type { JsonSchema } from "../../../apiserver/resource-definition.js";
import { forbidden } from "../field-error.js";

/**
 * One field of the real operator's CRD and what becomes of it here. The schema, the refusals and the warnings all come from this
 * one tree: a field that the schema knew and nobody looked at would be taken without a word.
 */
export type Field =
  | { readonly treatment: "honoured"; readonly schema: JsonSchema }
  /** Without meaning on one machine: kept, and answered with a warning unless it is one of `silent`, the values that defaulting gives it. */
  | { readonly treatment: "ignored"; readonly schema: JsonSchema; readonly silent: readonly unknown[] }
  /** Something that the caller would miss: rejected. */
  | { readonly treatment: "refused"; readonly schema: JsonSchema }
  | { readonly treatment: "group"; readonly schema: JsonSchema; readonly fields: Fields };
export type Fields = Readonly<Record<string, Field>>;

export function honoured(schema: JsonSchema): Field {
  return { treatment: "honoured", schema };
}

export function ignored(schema: JsonSchema, ...silent: readonly unknown[]): Field {
  return { treatment: "ignored", schema, silent: schema.default === undefined ? silent : [schema.default, ...silent] };
}

export function refused(type: "object" | "array" | "string" | "boolean" | "integer", description: string): Field {
  return { treatment: "refused", schema: open(type, `${description} Not run by the embedded plane.`) };
}

export function group(schema: JsonSchema, fields: Fields): Field {
  return { treatment: "group", schema, fields };
}

/** A value of which only the type is known. */
export function open(type: "object" | "array" | "string" | "boolean" | "integer", description: string): JsonSchema {
  if (type === "object") return { type, description, "x-kubernetes-preserve-unknown-fields": true };
  if (type === "array") return { type, description, items: { "x-kubernetes-preserve-unknown-fields": true } };
  return { type, description };
}

export function toSchema(fields: Fields, schema: JsonSchema): JsonSchema {
  const properties = Object.entries(fields).map(([name, field]): [string, JsonSchema] => [
    name,
    field.treatment === "group" ? toSchema(field.fields, field.schema) : field.schema,
  ]);
  return { ...schema, type: "object", properties: Object.fromEntries(properties) };
}

export interface FieldReview {
  readonly causes: StatusCause[];
  readonly warnings: string[];
}

/** Finds what the object asks for that is not run here. */
export function reviewFields(fields: Fields, value: unknown, path: string): FieldReview {
  const review: FieldReview = { causes: [], warnings: [] };
  visit(fields, value, path, review);
  return review;
}

function visit(fields: Fields, value: unknown, path: string, review: FieldReview): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const field = fields[name];
    const here = `${path}.${name}`;
    if (field === undefined || isEmpty(member)) continue;
    if (field.treatment === "refused" && member !== false) {
      review.causes.push(forbidden(here, "the embedded plane does not run this; leave the field out"));
    } else if (field.treatment === "group") {
      visit(field.fields, member, here, review);
    } else if (field.treatment === "ignored" && !field.silent.some((silent) => isDeepStrictEqual(silent, member))) {
      review.warnings.push(`${here}: kept, but without effect on the embedded plane`);
    }
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
