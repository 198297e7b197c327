import type { KubernetesObject, Resource, StatusDetails, Transport } from "@tenantry/sdk";
import type { ResourceDefinition } from "./resource-definition.js";

/**
 * Kubernetes API semantics over a store, without any socket. `transport` is the way in for this process (values isolated by copy);
 * `http/` serves the same over HTTPS. Both speak to it through {@link ApiServer.handle} and {@link ApiServer.watch}.
 */
export interface ApiServer {
  /** The in-process transport. */
  readonly transport: Transport;
  handle(call: ApiCall): Promise<ApiAnswer>;
  watch(call: ApiWatchCall): AsyncIterable<ApiWatchEvent>;
  /** Every kind served now, custom resources once established, in the order of discovery. */
  definitions(): readonly ResourceDefinition[];
  /** Names one definition, or undefined when it is not served. */
  find(group: string, version: string, plural: string): ResourceDefinition | undefined;
  close(): Promise<void>;
}

/** One request after routing and decoding; the words are those of {@link TransportRequest}, plus what HTTP alone can say. */
export interface ApiCall {
  readonly verb: "get" | "list" | "create" | "update" | "patch" | "apply" | "delete" | "deletecollection";
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  readonly body?: unknown;
  readonly patchType?: "merge" | "json" | "strategic" | undefined;
  /** The field manager; HTTP falls back to the first word of User-Agent. */
  readonly fieldManager?: string | undefined;
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore" | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiAnswer {
  /** 200, 201 or 202. Failures are thrown as {@link ApiError}. */
  readonly httpStatus: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

export interface ApiWatchCall {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
  readonly sendInitialEvents?: boolean | undefined;
  readonly allowWatchBookmarks?: boolean | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiWatchEvent {
  /** `ERROR` carries a Status and is the last event. */
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubernetesObject;
}

/** A failed call: exactly what goes into the `Status` body. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}
