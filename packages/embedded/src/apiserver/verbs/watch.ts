import { apiVersionOf, isTenantryError, type KubernetesObject } from "@tenantry/sdk";
import type { StoreChange } from "../../store/store.js";
import type { ApiError, ApiWatchCall, ApiWatchEvent } from "../api-server.js";
import type { ApiObject } from "../object/api-object.js";
import { expiredCall, futureRevision, invalidOptions, toApiError, toStatus } from "../object/failures.js";
import { forbidden, notSupported } from "../object/field-error.js";
import { fromStored } from "../object/stored-form.js";
import { matchesFields, parseFieldSelector } from "../selector/field-selector.js";
import { matchesLabels, parseLabelSelector } from "../selector/label-selector.js";
import { prefixOf, type ServedKind } from "../served-kind.js";
import { kindOf, type ServerContext } from "../server-context.js";
import { parseResourceVersion } from "./list.js";

export const BOOKMARK_INTERVAL_MS = 60_000;
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

/**
 * Checks a watch and opens it. What is wrong with the call is thrown here; what goes wrong later is an `ERROR` event, the last one.
 * Source: apiserver/pkg/endpoints/handlers/{get,watch}.go and storage/cacher.
 */
export function watchObjects(context: ServerContext, asked: ApiWatchCall): AsyncIterable<ApiWatchEvent> {
  const kind = kindOf(context, asked);
  checkMatch(asked);
  const call = withInitialEvents(asked);
  const labels = parseLabelSelector(call.labelSelector);
  const fields = parseFieldSelector(call.fieldSelector, kind.definition);
  const from = parseResourceVersion(call.resourceVersion);
  const plan: WatchPlan = {
    context,
    kind,
    call,
    from,
    selects: (object) => matchesLabels(labels, object.metadata.labels) && matchesFields(fields, object),
  };
  return { [Symbol.asyncIterator]: () => events(plan)[Symbol.asyncIterator]() };
}

interface WatchPlan {
  readonly context: ServerContext;
  readonly kind: ServedKind;
  readonly call: ApiWatchCall;
  readonly from: number | undefined;
  selects(object: ApiObject): boolean;
}

async function* events(plan: WatchPlan): AsyncGenerator<ApiWatchEvent, void, undefined> {
  const { context, kind, call } = plan;
  const prefix = prefixOf(kind, call.namespace);
  let revision = plan.from ?? 0;
  try {
    if (call.sendInitialEvents === true || (plan.from ?? 0) === 0) {
      if (call.sendInitialEvents === true && revision > context.store.revision()) {
        throw futureRevision(String(revision), context.store.revision());
      }
      if (call.sendInitialEvents !== false) {
        const page = await context.store.list(prefix);
        for (const stored of page.items) {
          const object = fromStored(kind, stored.value, stored.revision);
          if (plan.selects(object)) yield { type: "ADDED", object };
        }
        revision = page.revision;
      } else revision = context.store.revision();
      if (call.sendInitialEvents === true && call.allowWatchBookmarks === true) yield bookmark(kind, revision, true);
    }
    yield* liveEvents(plan, prefix, revision);
  } catch (error) {
    yield { type: "ERROR", object: toStatus(watchFailure(error)) as unknown as KubernetesObject };
  }
}

async function* liveEvents(
  { context, kind, call, selects }: WatchPlan,
  prefix: string,
  from: number,
): AsyncGenerator<ApiWatchEvent, void, undefined> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  context.closing.add(abort);
  call.signal?.addEventListener("abort", abort, { once: true });
  if (call.signal?.aborted === true) stop.abort();
  const deadline =
    call.timeoutSeconds === undefined || call.timeoutSeconds <= 0 ? undefined : call.timeoutSeconds * 1000;
  const closing = deadline === undefined ? undefined : setTimeout(abort, Math.min(deadline, MAX_TIMER_MS));
  closing?.unref();
  const changes = context.store.watch(prefix, from, stop.signal)[Symbol.asyncIterator]();
  let next = changes.next();
  // Where nobody waits for it yet, its failure is not unhandled: the loop below sees it.
  next.catch(() => undefined);
  let bookmarkTimer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      let due: Promise<"bookmark"> | undefined;
      if (call.allowWatchBookmarks === true) {
        due = new Promise((resolve) => {
          bookmarkTimer = setTimeout(() => resolve("bookmark"), BOOKMARK_INTERVAL_MS);
          bookmarkTimer.unref();
        });
      }
      const result = due === undefined ? await next : await Promise.race([next, due]);
      clearTimeout(bookmarkTimer);
      if (result === "bookmark") {
        // Read before any other turn: every change up to here has been queued, and the queue was empty.
        yield bookmark(kind, context.store.revision(), false);
        continue;
      }
      if (result.done === true) return;
      const event = toEvent(kind, result.value, selects);
      if (event !== undefined) yield event;
      next = changes.next();
      next.catch(() => undefined);
    }
  } finally {
    context.closing.delete(abort);
    clearTimeout(closing);
    clearTimeout(bookmarkTimer);
    call.signal?.removeEventListener("abort", abort);
    await changes.return?.();
  }
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** A change as one with this selector sees it: an object that starts to match is ADDED, one that ceases to is DELETED. */
function toEvent(
  kind: ServedKind,
  { type, value, previous, revision }: StoreChange,
  selects: (object: ApiObject) => boolean,
): ApiWatchEvent | undefined {
  const before = previous === undefined ? undefined : fromStored(kind, previous, revision);
  const didMatch = before !== undefined && selects(before);
  const after = type === "delete" ? undefined : fromStored(kind, value, revision);
  const matches = after !== undefined && selects(after);
  if (after !== undefined && matches) return { type: didMatch ? "MODIFIED" : "ADDED", object: after };
  return before !== undefined && didMatch ? { type: "DELETED", object: before } : undefined;
}

function bookmark(kind: ServedKind, revision: number, isEnd: boolean): ApiWatchEvent {
  const { resource } = kind.definition;
  return {
    type: "BOOKMARK",
    object: {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: {
        resourceVersion: String(revision),
        ...(isEnd ? { annotations: { [INITIAL_EVENTS_END]: "true" } } : {}),
      },
    },
  };
}

/**
 * A watch that names no version begins with what is there, and says where that ends.
 * Source: apimachinery pkg/apis/meta/internalversion/defaults.go, SetListOptionsDefaults.
 */
function withInitialEvents(call: ApiWatchCall): ApiWatchCall {
  const beginsAnywhere = (call.resourceVersion ?? "") === "" || call.resourceVersion === "0";
  return call.sendInitialEvents === undefined && beginsAnywhere ? { ...call, sendInitialEvents: true } : call;
}

function checkMatch({ sendInitialEvents, resourceVersionMatch }: ApiWatchCall): void {
  const path = "resourceVersionMatch";
  const match = resourceVersionMatch ?? "";
  if (sendInitialEvents === undefined) {
    if (match === "") return;
    throw invalidOptions("ListOptions", [
      forbidden(path, `${path} is forbidden for watch unless sendInitialEvents is provided`),
    ]);
  }
  if (match === "NotOlderThan") return;
  throw invalidOptions("ListOptions", [
    forbidden(path, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
    ...(match === "" ? [] : [notSupported(path, match, ["NotOlderThan"])]),
  ]);
}

function watchFailure(error: unknown): ApiError {
  if (isTenantryError(error) && error.code === "expired") {
    return expiredCall("The resourceVersion for the provided watch is too old.");
  }
  return toApiError(error);
}
