import { SECRETS } from "@tenantry/sdk";
import { type ApiObject, equalJson, isRecord } from "../object/api-object.js";
import { badRequest } from "../object/failures.js";
import { type FieldError, forbidden, invalid, required, tooLong } from "../object/field-error.js";
import { configKey } from "../object/name-rules.js";
import { AGE_COLUMN, builtInKind, fieldText, NAME_COLUMN } from "./built-in-kind.js";
import { BOOLEAN, BYTES_MAP, objectOf, STRING, STRING_MAP } from "./object-schema.js";

export const MAX_DATA_BYTES = 1024 * 1024;

/** Source of rules and texts: kubernetes/kubernetes pkg/apis/core/validation (ValidateSecret, ValidateSecretUpdate). */
export const secretKind = builtInKind({
  resource: SECRETS,
  singular: "secret",
  schema: objectOf({ data: BYTES_MAP, stringData: STRING_MAP, type: STRING, immutable: BOOLEAN }),
  columns: [
    NAME_COLUMN,
    {
      name: "Type",
      type: "string",
      description: "Used to facilitate programmatic handling of secret data.",
      value: (secret) => fieldText("type")(secret),
    },
    {
      name: "Data",
      type: "string",
      description: "Data contains the secret data.",
      value: (secret) => Object.keys(dataOf(secret as ApiObject)).length,
    },
    AGE_COLUMN,
  ],
  selectableFields: { type: fieldText("type") },
  rules: {
    decode(secret) {
      const data = dataOf(secret);
      for (const [key, value] of Object.entries(data)) {
        const wrong = firstIllegalBase64(String(value));
        // The value stays out of the text: it may be the secret itself, sent unencoded.
        if (wrong !== undefined) {
          throw badRequest(
            `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${wrong} of data[${JSON.stringify(key)}]`,
          );
        }
      }
      if (isRecord(secret.stringData)) {
        const encoded = Object.entries(secret.stringData).map(([key, value]) => [
          key,
          Buffer.from(String(value)).toString("base64"),
        ]);
        secret.data = { ...data, ...Object.fromEntries(encoded) };
      }
      delete secret.stringData;
      if (secret.type === undefined || secret.type === "") secret.type = "Opaque";
    },
    validate: (secret, old) => [
      ...validateData(secret),
      ...validateType(secret),
      ...(old === undefined ? [] : validateUpdate(secret, old)),
    ],
  },
});

function dataOf(object: ApiObject, field = "data"): Record<string, string> {
  return isRecord(object[field]) ? (object[field] as Record<string, string>) : {};
}

function validateData(secret: ApiObject): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(dataOf(secret))) {
    for (const problem of configKey(key)) errors.push(invalid(`data[${key}]`, key, problem));
    bytes += Buffer.byteLength(value, "base64");
  }
  if (bytes > MAX_DATA_BYTES) errors.push(tooLong("data", MAX_DATA_BYTES));
  return errors;
}

function validateType(secret: ApiObject): FieldError[] {
  const data = dataOf(secret);
  const has = (key: string) => Object.hasOwn(data, key);
  const missing = (...keys: string[]) => keys.filter((key) => !has(key)).map((key) => required(`data[${key}]`));
  switch (secret.type) {
    case "kubernetes.io/tls":
      return missing("tls.crt", "tls.key");
    case "kubernetes.io/basic-auth":
      return has("username") || has("password") ? [] : missing("username", "password");
    case "kubernetes.io/ssh-auth":
      return missing("ssh-privatekey");
    case "kubernetes.io/dockerconfigjson":
      return has(".dockerconfigjson") ? validateJson(data, ".dockerconfigjson") : missing(".dockerconfigjson");
    case "kubernetes.io/dockercfg":
      return has(".dockercfg") ? validateJson(data, ".dockercfg") : missing(".dockercfg");
    case "kubernetes.io/service-account-token": {
      const annotation = "kubernetes.io/service-account.name";
      const name = secret.metadata.annotations?.[annotation];
      return name === undefined || name === "" ? [required(`metadata.annotations[${annotation}]`)] : [];
    }
    default:
      return [];
  }
}

function validateJson(data: Record<string, string>, key: string): FieldError[] {
  try {
    JSON.parse(Buffer.from(data[key] ?? "", "base64").toString());
    return [];
  } catch {
    return [invalid(`data[${key}]`, "<secret contents redacted>", "must be valid JSON")];
  }
}

function validateUpdate(secret: ApiObject, old: ApiObject): FieldError[] {
  const errors: FieldError[] = [];
  if (secret.type !== old.type) errors.push(invalid("type", secret.type, "field is immutable"));
  return [...errors, ...validateImmutable(secret, old, ["data"])];
}

/** The rules of `immutable`, which ConfigMap shares. */
export function validateImmutable(object: ApiObject, old: ApiObject, fields: readonly string[]): FieldError[] {
  if (old.immutable !== true) return [];
  const detail = "field is immutable when `immutable` is set";
  const errors: FieldError[] = [];
  if (object.immutable !== true) errors.push(forbidden("immutable", detail));
  for (const field of fields) {
    if (!equalJson(dataOf(object, field), dataOf(old, field))) errors.push(forbidden(field, detail));
  }
  return errors;
}

/** The offset of what is not standard base64, as Go's decoder reports it: line breaks are allowed, padding is not optional. */
export function firstIllegalBase64(value: string): number | undefined {
  const wrong = /[^A-Za-z0-9+/=\r\n]/.exec(value);
  if (wrong !== null) return wrong.index;
  const text = value.replaceAll(/[\r\n]/g, "");
  const padding = /=+$/.exec(text)?.[0].length ?? 0;
  const inner = text.slice(0, text.length - padding).indexOf("=");
  if (inner !== -1) return inner;
  if (padding > 2) return text.length - padding;
  return text.length % 4 === 0 ? undefined : text.length;
}
