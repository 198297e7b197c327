import type { ServerResponse } from "node:http";
import type { KubernetesObject } from "@tenantry/sdk";
import type { ApiWatchEvent } from "../api-server.js";
import { toApiError, toStatus } from "../object/failures.js";
import type { OpenWatch } from "./open-watch.js";

export interface StreamWatchOptions {
  /** What ends `events`. */
  readonly signal: AbortSignal;
  /** How long the client may take nothing before it is disconnected, in milliseconds. */
  readonly stallMs: number;
}

/**
 * Writes a watch until it ends by itself. The headers go out at once, even when there is nothing to tell yet.
 *
 * Events are pulled one at a time and the next waits until the client has taken the last, so a slow client costs a socket's
 * buffer and nothing more; one that takes nothing for `stallMs` is disconnected.
 * @throws what ended `events`, once the client has been told.
 */
export async function streamWatch(
  response: ServerResponse,
  { events, encode }: OpenWatch,
  { signal, stallMs }: StreamWatchOptions,
): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.flushHeaders();
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      if (response.destroyed) return;
      if (!response.write(encode(next.value)) && !(await drained(response, stallMs))) return;
    }
    response.end();
  } catch (error) {
    if (response.destroyed) return;
    if (signal.aborted) {
      response.end(); // the server closes, which is no fault of the watch
      return;
    }
    response.end(encode(toErrorEvent(error)));
    throw error; // for its owner to hear of, where it is none of the API's own
  } finally {
    // Not awaited: a generator that waits for its next event answers only after its signal has ended it.
    void iterator.return?.()?.catch(() => undefined);
  }
}

/** Past the headers every failure is an event of the stream: apiserver endpoints/handlers/watch.go. */
function toErrorEvent(error: unknown): ApiWatchEvent {
  // A Status is no object, and yet it is what stands in an event's `object`.
  return { type: "ERROR", object: toStatus(toApiError(error)) as unknown as KubernetesObject };
}

/** Whether the client has taken what was written. If not, it is cut off. */
async function drained(response: ServerResponse, stallMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (taken: boolean) => {
      clearTimeout(timer);
      response.off("drain", onDrain);
      response.off("close", onClose);
      if (!taken) response.destroy();
      resolve(taken);
    };
    const onDrain = () => finish(true);
    const onClose = () => finish(false);
    const timer = setTimeout(onClose, stallMs);
    response.on("drain", onDrain);
    response.on("close", onClose);
  });
}
