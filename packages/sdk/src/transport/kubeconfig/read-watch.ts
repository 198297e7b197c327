import { fromStatus } from "../../errors/from-status.js";
import { TenantryError } from "../../errors/tenantry-error.js";
import type { KubernetesObject } from "../../kubernetes/object.js";
import { isStatus } from "../../kubernetes/status.js";
import type { WatchEvent } from "../transport.js";
import { BROKEN_ANSWER } from "./connection-error.js";
import { tryParseJson } from "./read-answer.js";

const NEWLINE = 0x0a;

/**
 * Whole lines of a byte stream. Decodes per line, so a character split between chunks stays whole.
 * @throws TenantryError `unavailable` when the stream ends within a line.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let pending: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      pending.push(chunk.subarray(start, end));
      const line = Buffer.concat(pending).toString("utf8");
      pending = [];
      start = end + 1;
      if (line.trim() !== "") yield line;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  if (Buffer.concat(pending).toString("utf8").trim() !== "") throw broken("the watch ended within an event");
}

/** One line of a watch. @throws TenantryError for an `ERROR` event what its Status says, and `unavailable` for what is no event. */
export function readWatchEvent<T extends KubernetesObject>(line: string): WatchEvent<T> {
  const event = tryParseJson(line) as { readonly type?: unknown; readonly object?: unknown } | undefined | null;
  const { type, object } = event ?? {};
  if (type === "ERROR") throw isStatus(object) ? fromStatus(object) : broken("the watch failed without a Status");
  if (typeof object !== "object" || object === null || !isEventType(type)) {
    throw broken("a line of the watch is no event");
  }
  return { type, object: object as T };
}

function isEventType(type: unknown): type is WatchEvent["type"] {
  return type === "ADDED" || type === "MODIFIED" || type === "DELETED" || type === "BOOKMARK";
}

function broken(text: string): TenantryError {
  return new TenantryError("unavailable", text, { reason: BROKEN_ANSWER });
}
