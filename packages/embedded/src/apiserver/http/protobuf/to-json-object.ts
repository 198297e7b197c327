import type { Message } from "protobufjs";
import protobuf from "protobufjs/light.js";
import { UnreadableBody } from "../unreadable-body.js";
import { POINTER_FIELDS } from "./messages.js";

type Decoded = Message & Readonly<Record<string, unknown>>;

/** A decoded message as Kubernetes writes the same object in JSON. */
export function toJsonObject(type: protobuf.Type, message: Message): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value = toField(field, (message as Decoded)[field.name]);
    if (value !== undefined && (!isZero(value) || POINTER_FIELDS.has(`${type.name}.${field.name}`))) {
      json[field.name] = value;
    }
  }
  return json;
}

function toField(field: protobuf.Field, value: unknown): unknown {
  if (field instanceof protobuf.MapField) {
    const entries = Object.entries(value as Record<string, unknown>);
    if (entries.some(([key]) => key === "__proto__")) throw new UnreadableBody('the key "__proto__" is not allowed');
    return entries.length === 0
      ? undefined
      : Object.fromEntries(entries.map(([key, item]) => [key, toValue(field, item)]));
  }
  if (!field.repeated) return toValue(field, value);
  const items = value as readonly unknown[];
  return items.length === 0 ? undefined : items.map((item) => toValue(field, item));
}

function toValue(field: protobuf.Field, value: unknown): unknown {
  const type = field.resolve().resolvedType;
  if (type instanceof protobuf.Type) return toMessage(type, value as Message);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return field.type === "int64" ? Number(value) : value;
}

/** Three messages are no objects in JSON. */
function toMessage(type: protobuf.Type, message: Message): unknown {
  const json = toJsonObject(type, message);
  if (type.name === "Time") return toTime(json);
  if (type.name === "IntOrString") return json.type === 1 ? (json.strVal ?? "") : (json.intVal ?? 0);
  if (type.name === "FieldsV1") return JSON.parse(Buffer.from(String(json.Raw ?? "e30="), "base64").toString("utf8"));
  return json;
}

/** No time at all is an empty message. */
function toTime({ seconds }: Record<string, unknown>): string | undefined {
  if (typeof seconds !== "number") return undefined;
  const time = new Date(seconds * 1000);
  if (Number.isNaN(time.getTime())) throw new UnreadableBody("a time is out of range");
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === false;
}
