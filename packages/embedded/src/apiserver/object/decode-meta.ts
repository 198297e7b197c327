import type { JsonSchema } from "../resource-definition.js";
import { type ApiMeta, isRecord } from "./api-object.js";
import { badRequest } from "./failures.js";
import { firstMistyped } from "./mistyped.js";

const STRING: JsonSchema = { type: "string" };
const STRING_MAP: JsonSchema = { type: "object", additionalProperties: STRING };

/** Source: apimachinery/pkg/apis/meta/v1/types.go ObjectMeta. */
export const OBJECT_META: JsonSchema = {
  type: "object",
  properties: {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    selfLink: STRING,
    uid: STRING,
    resourceVersion: STRING,
    generation: { type: "integer", format: "int64" },
    creationTimestamp: { type: "string", format: "date-time", nullable: true },
    deletionTimestamp: { type: "string", format: "date-time", nullable: true },
    deletionGracePeriodSeconds: { type: "integer", format: "int64" },
    labels: STRING_MAP,
    annotations: STRING_MAP,
    ownerReferences: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["uid"],
      items: {
        type: "object",
        "x-kubernetes-map-type": "atomic",
        properties: {
          apiVersion: STRING,
          kind: STRING,
          name: STRING,
          uid: STRING,
          controller: { type: "boolean" },
          blockOwnerDeletion: { type: "boolean" },
        },
      },
    },
    finalizers: { type: "array", "x-kubernetes-list-type": "set", items: STRING },
    managedFields: {
      type: "array",
      "x-kubernetes-list-type": "atomic",
      items: {
        type: "object",
        properties: {
          manager: STRING,
          operation: STRING,
          apiVersion: STRING,
          time: { type: "string", format: "date-time" },
          fieldsType: STRING,
          fieldsV1: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          subresource: STRING,
        },
      },
    },
  },
};

/** Takes metadata from a body: wrong types are refused, nulls dropped, unknown fields dropped and reported. */
export function decodeMeta(value: unknown, kind: string, unknown: string[]): ApiMeta {
  if (!isRecord(value)) throw badRequest(`${kind} cannot be decoded: metadata must be an object`);
  const properties = OBJECT_META.properties ?? {};
  const meta: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const schema = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (schema === undefined) unknown.push(`metadata.${key}`);
    else if (inner !== null && inner !== undefined) {
      const problem = firstMistyped(inner, schema, `metadata.${key}`) ?? nullInside(inner, `metadata.${key}`);
      if (problem !== undefined) throw badRequest(`${kind} cannot be decoded: ${problem}`);
      // Go leaves out what is empty. An empty managedFields says something: forget what is on record.
      if (key !== "selfLink" && (key === "managedFields" || !isEmpty(inner))) meta[key] = inner;
    }
  }
  return meta as ApiMeta;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) ? Object.keys(value).length === 0 : value === "";
}

/** Go reads null in a list or map of strings as the empty string; nobody means that. */
function nullInside(value: unknown, path: string): string | undefined {
  const values = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  return values.includes(null) ? `json: cannot unmarshal null into field ${path}` : undefined;
}
