import type { Status } from "@tenantry/sdk";
import {
  fromStatus,
  type KubernetesObject,
  TenantryError,
  type Transport,
  type TransportRequest,
  type WatchEvent,
  type WatchRequest,
} from "@tenantry/sdk";
import type { ApiServer } from "./api-server.js";
import { toApiError, toStatus } from "./object/failures.js";

/** The name under which writes without a field manager are recorded, as HTTP takes it from the User-Agent. */
const DEFAULT_MANAGER = "tenantry";

/** The way in for this process. Bodies are copied on the way in; what comes out is made anew for each caller. */
export function inProcessTransport(server: Pick<ApiServer, "handle" | "watch">): Transport {
  return {
    async send<T>(request: TransportRequest): Promise<T> {
      const { signal, onWarning, body, fieldManager = DEFAULT_MANAGER, ...rest } = request;
      signal?.throwIfAborted();
      try {
        const isApply = request.verb === "apply";
        const manager = isApply ? request.fieldManager : fieldManager;
        const answer = await server.handle({ ...rest, body: copyOf(body), fieldManager: manager });
        if (signal?.aborted === true) throw signal.reason;
        for (const warning of answer.warnings) onWarning?.(warning);
        return answer.body as T;
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        throw toTenantryError(error, request);
      }
    },
    async *watch<T extends KubernetesObject>(request: WatchRequest): AsyncGenerator<WatchEvent<T>, void, undefined> {
      request.signal?.throwIfAborted();
      try {
        for await (const { type, object } of server.watch(request)) {
          if (request.signal?.aborted === true) break;
          if (type === "ERROR") throw fromStatus(object as unknown as Status);
          yield { type, object: object as T };
        }
      } catch (error) {
        if (request.signal?.aborted === true) throw request.signal.reason;
        throw toTenantryError(error, request);
      }
      if (request.signal?.aborted === true) throw request.signal.reason;
    },
  };
}

/** Through JSON, so that what the server sees is what it would see over HTTP: no undefined, no Date, nothing shared. */
function copyOf(body: unknown): unknown {
  if (body === undefined) return undefined;
  try {
    return JSON.parse(JSON.stringify(body));
  } catch (error) {
    throw new TenantryError("invalid_argument", "the body cannot be written as JSON", { cause: error });
  }
}

function toTenantryError(
  error: unknown,
  { resource, namespace }: Pick<TransportRequest, "resource" | "namespace">,
): TenantryError {
  if (error instanceof TenantryError) return error;
  const failure = toApiError(error);
  const about = failure.details?.kind;
  const isAboutTarget = about === undefined || about === resource.plural || about === resource.kind;
  const plain = fromStatus(toStatus(failure));
  return new TenantryError(plain.code, failure.message, {
    reason: plain.reason,
    violations: plain.violations,
    retryAfterMs: plain.retryAfterMs,
    resource: isAboutTarget ? { kind: resource.kind, namespace, name: failure.details?.name } : plain.resource,
    ...(failure === error ? {} : { cause: error }),
  });
}
