import { isTenantryError, type TenantryError } from "../errors/tenantry-error.js";
import type { Transport, WatchEvent } from "../transport/transport.js";
import { abortOnReturn } from "./abort-on-return.js";
import { apiVersionOf, type KubernetesList, type KubernetesObject, type Resource } from "./object.js";
import { pause } from "./pause.js";

/** Items a page. Parsing a page stalls the event loop for about 15 ms at this size, a whole list of 10,000 for 350 ms. */
const PAGE_SIZE = 500;
/** Source: client-go's reflector, `minWatchTimeout`, times 1 to 2 at random, so that not all followers come back at once. */
const MIN_WATCH_SECONDS = 300;
/** A watch that lived this long was no failure. */
const HEALTHY_WATCH_MS = 10_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;
/** Before the first snapshot, and for `internal`, which may be for good. */
const MAX_ATTEMPTS = 5;

export interface FollowOptions {
  /** All namespaces when absent. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Told each time the stream broke and is about to be taken up again: for logs and metrics. */
  readonly onInterruption?: ((error: unknown) => void) | undefined;
}

export type FollowEvent<T extends KubernetesObject = KubernetesObject> =
  /** The whole state. What the consumer knew and is not in `items` is gone. */
  | { readonly type: "snapshot"; readonly items: readonly T[] }
  | (WatchEvent<T> & { readonly type: "ADDED" | "MODIFIED" | "DELETED" });

/**
 * Lists, then watches, for as long as the caller iterates. A watch that the server closes, a dropped connection and an API
 * server that is away for a while are taken up where they stopped; a lost position yields a new `snapshot`, so no deletion is
 * missed. Leaving the loop, an abort and an error all close the watch.
 *
 * The very first list is not repeated on failure (bounded `expired` aside): who never got a snapshot gets the error.
 * @throws TenantryError what waiting does not mend, such as `permission_denied`, `unauthenticated`, `not_found`.
 */
export function follow<T extends KubernetesObject>(
  transport: Transport,
  resource: Resource,
  { signal, ...options }: FollowOptions = {},
): AsyncIterableIterator<FollowEvent<T>, void, undefined> {
  return abortOnReturn(signal, (leaving) => followUntil<T>(transport, resource, options, leaving));
}

async function* followUntil<T extends KubernetesObject>(
  transport: Transport,
  resource: Resource,
  { onInterruption, ...selection }: Omit<FollowOptions, "signal">,
  signal: AbortSignal,
): AsyncGenerator<FollowEvent<T>, void, undefined> {
  const scope = { ...selection, resource, signal };
  let position: string | undefined;
  let followed = false;
  let failures = 0;
  while (!signal.aborted) {
    let retryAfterMs = 0;
    let watchingSince = Number.POSITIVE_INFINITY;
    try {
      if (position === undefined) {
        const list: Listing<T> = await listAll<T>(transport, scope);
        position = list.resourceVersion;
        followed = true;
        yield { type: "snapshot", items: list.items };
      }
      watchingSince = performance.now();
      const timeoutSeconds = Math.ceil(MIN_WATCH_SECONDS * (1 + Math.random()));
      const request = { ...scope, resourceVersion: position, allowWatchBookmarks: true, timeoutSeconds };
      for await (const { type, object } of transport.watch<T>(request)) {
        failures = 0;
        position = object.metadata.resourceVersion ?? position;
        if (type !== "BOOKMARK") yield { type, object };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isTransient(error, followed, failures)) throw error;
      if (error.code === "expired") position = undefined;
      retryAfterMs = error.retryAfterMs ?? 0;
      onInterruption?.(error);
    }
    failures = performance.now() - watchingSince > HEALTHY_WATCH_MS ? 1 : failures + 1;
    try {
      await pause(Math.max(retryAfterMs, delayMs(failures)), signal);
    } catch {
      return; // aborted
    }
  }
}

function isTransient(error: unknown, followed: boolean, failures: number): error is TenantryError {
  if (!isTenantryError(error)) return false;
  const { code, retryable } = error;
  if (code === "expired") return followed || failures < MAX_ATTEMPTS;
  if (!followed) return false;
  // Listing and watching change nothing, so an unknown outcome is no reason to stop.
  return retryable || code === "deadline_exceeded" || (code === "internal" && failures < MAX_ATTEMPTS);
}

/** Doubles up to the maximum; between half of it and all of it, so that followers that broke together do not return together. */
function delayMs(failures: number): number {
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

interface Listing<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string | undefined;
}

async function listAll<T extends KubernetesObject>(
  transport: Transport,
  scope: { readonly resource: Resource; readonly signal: AbortSignal } & Omit<FollowOptions, "onInterruption">,
): Promise<Listing<T>> {
  const { kind } = scope.resource;
  const apiVersion = apiVersionOf(scope.resource);
  const items: T[] = [];
  let page: KubernetesList<T> | undefined;
  do {
    const position: string | undefined = page?.metadata.continue;
    page = await transport.send<KubernetesList<T>>({ ...scope, verb: "list", limit: PAGE_SIZE, continue: position });
    // Items of built-in kinds carry neither in a list, but do in watch events.
    for (const item of page.items) items.push({ ...item, apiVersion, kind });
  } while (page.metadata.continue !== undefined && page.metadata.continue !== "");
  return { items, resourceVersion: page.metadata.resourceVersion };
}
