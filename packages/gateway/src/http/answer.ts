import type { ServerResponse } from "node:http";
import { ERROR_CODES, type ErrorCode } from "@tenantry/sdk";

/** Nothing here may be guessed to be HTML, or kept by a cache between tenants. */
export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("cache-control", "no-store");
}

export function sendJson(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("content-length", Buffer.byteLength(body));
  response.end(body);
}

/** A refusal before GraphQL has begun, in the form of a GraphQL answer, so that clients need one reader. */
export function toErrorBody(code: ErrorCode, message: string): string {
  const { graphqlCode, retryable } = ERROR_CODES[code];
  return JSON.stringify({ errors: [{ message, extensions: { code: graphqlCode, retryable } }] });
}

/** The same bytes whatever is wrong with a token: a hint for its owner is a hint for a forger. */
const UNAUTHENTICATED_BODY = toErrorBody("unauthenticated", "A valid bearer token is needed.");

export function sendUnauthenticated(response: ServerResponse): void {
  response.setHeader("www-authenticate", "Bearer");
  sendJson(response, 401, UNAUTHENTICATED_BODY);
}
