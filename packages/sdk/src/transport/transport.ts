import type { KubernetesObject, Resource } from "../kubernetes/object.js";

/**
 * Carries Kubernetes API calls: authenticates, connects, decodes. It never retries, caches or scopes (middleware does), so
 * every implementation stays small and passes one contract (`transportContract` of `@tenantry/testing`).
 */
export interface Transport {
  /**
   * Sends one request and resolves with the decoded body: the object, the list, or the `Status` of a delete.
   * Rejects with a {@link TenantryError}, or on the caller's own abort with `signal.reason`, unwrapped.
   */
  send<T>(request: TransportRequest): Promise<T>;
  /**
   * Opens one watch. The server's close ends it normally, an in-stream `ERROR` is thrown as a {@link TenantryError}
   * (`expired` for 410), leaving the loop disconnects.
   */
  watch<T extends KubernetesObject>(request: WatchRequest): AsyncIterable<WatchEvent<T>>;
}

export type Verb = "get" | "list" | "create" | "update" | "patch" | "apply" | "delete" | "deletecollection";

/** One object, not eight positions: a new optional field breaks no implementation. */
export interface TransportRequest {
  readonly verb: Verb;
  readonly resource: Resource;
  /** Absent for cluster-scoped resources, and for a list over all namespaces. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  /** The object (create, update, apply), the patch (patch) or the `DeleteOptions` (delete, deletecollection). */
  readonly body?: unknown;
  /** For `patch`. `merge` (RFC 7386) when absent; `strategic` only for built-in kinds. */
  readonly patchType?: PatchType | undefined;
  /** Who owns the written fields. Required for `apply`. At most 128 bytes. */
  readonly fieldManager?: string | undefined;
  /** For `apply`: take fields from their present managers instead of answering `conflict`. */
  readonly force?: boolean | undefined;
  /** Validate and answer as if written, and write nothing. */
  readonly dryRun?: boolean | undefined;
  /** What the server does with fields it does not know. The server's default is `Warn`. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore" | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** For `list`: items a page. */
  readonly limit?: number | undefined;
  /** For `list`: `metadata.continue` of the page before. */
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan" | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called once for each `Warning` header of the answer. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

export type PatchType = "merge" | "json" | "strategic";

export interface WatchRequest {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Events after this version. Absent: every present object as `ADDED`, then what follows. */
  readonly resourceVersion?: string | undefined;
  /** Ask for `BOOKMARK` events, which carry nothing but a newer `resourceVersion` to resume from. */
  readonly allowWatchBookmarks?: boolean | undefined;
  /** Asks the server to close the watch after this time. */
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WatchEvent<T extends KubernetesObject = KubernetesObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  /** The state after the event; for `DELETED` the last state; for `BOOKMARK` only `metadata.resourceVersion`. */
  readonly object: T;
}

export type TransportMiddleware = (next: Transport) => Transport;
