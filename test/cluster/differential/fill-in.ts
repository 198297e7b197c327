import { readPath } from "./read-path.js";

/** What the placeholders of a script stand for so far. */
export interface Known {
  readonly namespace: string;
  readonly bodies: readonly unknown[];
}

const PLACEHOLDER = /<<(?:(ns)|(\d+)\.([^>]+))>>/g;

/** Replaces the placeholders in a text, or in each text of a JSON value. A text that is nothing but one keeps the value's type. */
export function fillIn<T>(value: T, known: Known): T {
  return fill(value, known) as T;
}

function fill(value: unknown, known: Known): unknown {
  if (typeof value === "string") return fillText(value, known);
  if (Array.isArray(value)) return value.map((item) => fill(item, known));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member, known)]));
}

function fillText(text: string, known: Known): unknown {
  const [whole] = text.matchAll(PLACEHOLDER);
  if (whole?.[0] === text) return resolve(whole, known);
  return text.replace(PLACEHOLDER, (...match) => String(resolve(match as unknown as RegExpMatchArray, known)));
}

function resolve([placeholder, namespace, index, path = ""]: RegExpMatchArray, known: Known): unknown {
  if (namespace !== undefined) return known.namespace;
  const body = known.bodies[Number(index)];
  const value = path === "@" ? body : readPath(body, path);
  // Both servers would be asked nonsense, and agree.
  if (value === undefined) throw new Error(`${placeholder}: the answer to request ${index} has no ${path}`);
  return value;
}
