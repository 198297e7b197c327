import type { IncomingMessage, ServerResponse } from "node:http";
import { invalidArgument } from "@tenantry/sdk";

const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Which web pages may call. None when absent: browsers then refuse on their own. */
export interface CorsOptions {
  /** Origins as browsers write them, compared byte by byte: `https://portal.example.com`. */
  readonly origins: readonly string[];
}

/** @throws TenantryError `invalid_argument` for what no browser would send as an origin; there is no `*`. */
export function toOrigins(options: CorsOptions | undefined): ReadonlySet<string> {
  const origins = options?.origins ?? [];
  for (const [index, origin] of origins.entries()) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw invalidArgument(
        `cors.origins[${index}]`,
        "must be an origin such as https://portal.example.com, without path",
      );
    }
  }
  return new Set(origins);
}

/** Marks an answer as readable for the page that asked, and answers preflights. @returns whether the answer is complete. */
export function applyCors(request: IncomingMessage, response: ServerResponse, origins: ReadonlySet<string>): boolean {
  if (origins.size === 0) return false;
  response.setHeader("vary", "Origin");
  const { origin } = request.headers;
  if (origin === undefined || !origins.has(origin)) return false;
  response.setHeader("access-control-allow-origin", origin);
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
  response.setHeader("access-control-allow-methods", "GET, POST");
  response.setHeader("access-control-allow-headers", "authorization, content-type, apollo-require-preflight");
  response.setHeader("access-control-max-age", PREFLIGHT_MAX_AGE_SECONDS);
  response.writeHead(204).end();
  return true;
}
