import { isTenantryError, type TenantryError } from "../errors/tenantry-error.js";
import { pause } from "../kubernetes/pause.js";
import type { TransportMiddleware, TransportRequest } from "./transport.js";

export interface RetryOptions {
  /** From the first call to the start of the last one. {@link DEFAULT_DEADLINE_MS} when absent. */
  readonly deadlineMs?: number | undefined;
  /** Calls in all, the first included. {@link DEFAULT_MAX_ATTEMPTS} when absent. */
  readonly maxAttempts?: number | undefined;
  /** Told before each wait: for logs and metrics. */
  readonly onRetry?: ((error: TenantryError, request: TransportRequest, delayMs: number) => void) | undefined;
}

const DEFAULT_DEADLINE_MS = 30_000;
const DEFAULT_MAX_ATTEMPTS = 10;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/**
 * Repeats a call that failed for a while and whose repetition cannot do harm:
 *
 * - get, list, apply, and delete with a `preconditions.uid`, after every failure that waiting may mend;
 * - any call that certainly did nothing: the connection was never made, or the server refused it (429, 503) and said when to come back.
 *
 * Waits as long as the server asks, else twice as long each time with jitter. The caller gets the last error when another wait would
 * not end before the deadline. Watches pass through: `follow` resumes those.
 */
export function retry(options: RetryOptions = {}): TransportMiddleware {
  const { deadlineMs = DEFAULT_DEADLINE_MS, maxAttempts = DEFAULT_MAX_ATTEMPTS, onRetry } = options;
  return (next) => ({
    async send<T>(request: TransportRequest): Promise<T> {
      const deadline = performance.now() + deadlineMs;
      for (let attempt = 1; ; attempt++) {
        try {
          return await next.send<T>(request);
        } catch (error) {
          if (attempt >= maxAttempts || !isTenantryError(error) || !mayRepeat(request, error)) throw error;
          const delayMs = Math.max(error.retryAfterMs ?? 0, backoffMs(attempt));
          if (performance.now() + delayMs >= deadline) throw error;
          onRetry?.(error, request, delayMs);
          await pause(delayMs, request.signal);
        }
      }
    },
    watch: (request) => next.watch(request),
  });
}

function mayRepeat(request: TransportRequest, error: TenantryError): boolean {
  return error.retryable && (didNothing(error) || isRepeatable(request));
}

/** The kubeconfig transport says `NotConnected` when the request was never sent. */
function didNothing({ code, reason, retryAfterMs }: TenantryError): boolean {
  if (reason === "NotConnected") return true;
  // The API server says ServerTimeout, with a time to come back, also when it lost sight of a write: that one may be done.
  return retryAfterMs !== undefined && (code === "resource_exhausted" || reason !== "ServerTimeout");
}

function isRepeatable({ verb, body }: TransportRequest): boolean {
  if (verb === "get" || verb === "list" || verb === "apply") return true;
  // Without the uid a repeated delete could meet a successor of the same name.
  const { preconditions } = (body ?? {}) as { readonly preconditions?: { readonly uid?: unknown } };
  return verb === "delete" && typeof preconditions?.uid === "string";
}

function backoffMs(attempt: number): number {
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}
