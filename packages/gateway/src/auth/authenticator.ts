import { createHash } from "node:crypto";
import type { Principal } from "@tenantry/sdk";
import { LRUCache } from "lru-cache";
import {
  type AuthOptions,
  DEFAULT_CACHE_SECONDS,
  DEFAULT_CLOCK_TOLERANCE_SECONDS,
  DEFAULT_MAX_LIFETIME_SECONDS,
} from "./auth-options.js";
import { MAX_TOKEN_LENGTH } from "./bearer-token.js";
import { checkAuthOptions } from "./check-auth-options.js";
import { openKeySet } from "./key-set.js";
import { type TokenIssuer, verifyToken } from "./verify-token.js";

const MAX_CACHED_TOKENS = 10_000;

/** Who a token speaks for, or, for the log alone, why it is refused. */
export type Authentication = { readonly principal: Principal } | { readonly refused: string };

/** Never throws: whatever is wrong with a token, the answer is the same. */
export type Authenticator = (token: string | undefined) => Promise<Authentication>;

/**
 * Prepares to check tokens of the configured issuers. Checked ones are remembered by their SHA-256 (no bearer token is kept) until
 * they expire or `cacheSeconds` have passed, whichever is first.
 * @throws TenantryError `invalid_argument` naming the setting.
 */
export async function createAuthenticator(
  options: AuthOptions,
  clock: () => Date = () => new Date(),
): Promise<Authenticator> {
  checkAuthOptions(options);
  const issuers = new Map<string, TokenIssuer>();
  for (const [index, issuer] of options.issuers.entries()) {
    const keySet = await openKeySet(`auth.issuers[${index}].jwks`, issuer.jwks);
    issuers.set(issuer.issuer, { options: issuer, keySet });
  }
  const verifyOptions = {
    issuers,
    clockToleranceSeconds: options.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS,
    maxLifetimeSeconds: options.maxLifetimeSeconds ?? DEFAULT_MAX_LIFETIME_SECONDS,
  };
  const cacheMs = (options.cacheSeconds ?? DEFAULT_CACHE_SECONDS) * 1000;
  const verified = new LRUCache<string, Principal>({ max: MAX_CACHED_TOKENS });

  return async (token) => {
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) return { refused: "NoToken" };
    const key = createHash("sha256").update(token).digest("base64");
    const now = clock();
    const known = verified.get(key);
    if (known !== undefined && isCurrent(known, now)) return { principal: known };
    try {
      const principal = await verifyToken(token, verifyOptions, now);
      const ttl = Math.min(cacheMs, lifeLeftMs(principal, now));
      if (ttl >= 1) verified.set(key, principal, { ttl });
      return { principal };
    } catch (error) {
      return { refused: wordFor(error) };
    }
  };
}

function lifeLeftMs({ expiresAt }: Principal, now: Date): number {
  return expiresAt === undefined ? 0 : expiresAt.getTime() - now.getTime();
}

function isCurrent(principal: Principal, now: Date): boolean {
  return lifeLeftMs(principal, now) > 0;
}

/** Messages may quote the token's content; codes and class names do not. */
function wordFor(error: unknown): string {
  if (!(error instanceof Error)) return "Unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
