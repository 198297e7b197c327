import type { AcceptClause } from "./accept.js";

/** One authenticated request, as the handlers see it. Credentials are not part of it, so none can leak into an answer or a log. */
export interface HttpRequest {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly accept: readonly AcceptClause[];
  readonly contentType: string | undefined;
  readonly userAgent: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Fires when the client is gone, the time is up, or the server closes. */
  readonly signal: AbortSignal;
  readonly body: () => Promise<Buffer>;
}

/** HEAD is GET without the body. */
export function isRead({ method }: HttpRequest): boolean {
  return method === "GET" || method === "HEAD";
}
