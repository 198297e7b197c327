import type { Subject } from "@tenantry/sdk";
import type { ClaimsMapping } from "./claims-mapping.js";

/**
 * Signatures that a public key can check. HMAC is not among them: whoever can check such a token can also make one.
 * Source: RFC 7518 section 3.1, RFC 8037, RFC 9864.
 */
export const SIGNATURE_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

/** `at+jwt`: an access token that says so (RFC 9068). `JWT`: `typ` is `JWT` or absent, as many older issuers write it. */
export const TOKEN_TYPES = ["at+jwt", "JWT"] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

export const MAX_CLOCK_TOLERANCE_SECONDS = 60;
export const DEFAULT_CLOCK_TOLERANCE_SECONDS = 5;
export const DEFAULT_MAX_LIFETIME_SECONDS = 24 * 60 * 60;
export const DEFAULT_CACHE_SECONDS = 60;
export const DEFAULT_KEY_TIMEOUT_MS = 5_000;
export const DEFAULT_KEY_COOLDOWN_MS = 30_000;
export const DEFAULT_KEY_MAX_AGE_MS = 600_000;

/** Whose tokens are believed, and what their claims grant. */
export interface AuthOptions {
  /** A token of any other issuer is refused before anything is asked of anyone. */
  readonly issuers: readonly IssuerOptions[];
  /** How far the issuer's clock may be from ours, 0 to {@link MAX_CLOCK_TOLERANCE_SECONDS}. */
  readonly clockToleranceSeconds?: number | undefined;
  /** The longest life (`exp` less `iat`) a token may have. {@link DEFAULT_MAX_LIFETIME_SECONDS} when absent. */
  readonly maxLifetimeSeconds?: number | undefined;
  /** How long a checked token is believed before its signature is checked again; `exp` is looked at every time. */
  readonly cacheSeconds?: number | undefined;
}

export interface IssuerOptions {
  /** Compared with the `iss` claim byte by byte. */
  readonly issuer: string;
  /** Compared with the `aud` claim byte by byte. */
  readonly audience: string;
  /** Whether a token may name other audiences beside ours. False when absent. */
  readonly acceptSharedAudience?: boolean | undefined;
  /** Some of {@link SIGNATURE_ALGORITHMS}. There is no default: the issuer's own are known when it is configured. */
  readonly algorithms: readonly string[];
  readonly jwks: KeySetSource;
  /** Accepted `typ` headers. `["at+jwt"]` when absent. */
  readonly tokenTypes?: readonly TokenType[] | undefined;
  /** What the subjects of this issuer are. `user` when absent. */
  readonly subjectKind?: Subject["kind"] | undefined;
  readonly claims: ClaimsMapping;
}

/** The issuer's public keys, as a JSON Web Key Set (RFC 7517): fetched, read from a file once at start, or given. */
export type KeySetSource = RemoteKeySet | { readonly file: string } | { readonly keys: readonly object[] };

export interface RemoteKeySet {
  /** `https:`; `http:` only for this machine's loopback. Redirects are not followed. */
  readonly uri: string;
  readonly timeoutMs?: number | undefined;
  /** The least time between two fetches that an unknown key causes. */
  readonly cooldownMs?: number | undefined;
  /** How long fetched keys are believed. */
  readonly maxAgeMs?: number | undefined;
}
