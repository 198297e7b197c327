import { invalidArgument } from "@tenantry/sdk";
import {
  type AuthOptions,
  type IssuerOptions,
  MAX_CLOCK_TOLERANCE_SECONDS,
  SIGNATURE_ALGORITHMS,
  TOKEN_TYPES,
} from "./auth-options.js";
import { checkClaimsMapping } from "./claims-mapping.js";

/**
 * Refuses a configuration that is wrong or that would accept more than it says. It may come from a file, so nothing is taken on
 * the word of the types.
 * @throws TenantryError `invalid_argument` naming the setting.
 */
export function checkAuthOptions(options: AuthOptions): void {
  if (!Array.isArray(options?.issuers) || options.issuers.length === 0) {
    throw invalidArgument("auth.issuers", "needs at least one issuer; without one nobody could sign in");
  }
  checkSeconds("auth.clockToleranceSeconds", options.clockToleranceSeconds, 0, MAX_CLOCK_TOLERANCE_SECONDS);
  checkSeconds("auth.maxLifetimeSeconds", options.maxLifetimeSeconds, 1, 365 * 24 * 60 * 60);
  checkSeconds("auth.cacheSeconds", options.cacheSeconds, 0, 3600);
  const seen = new Set<string>();
  for (const [index, issuer] of options.issuers.entries()) {
    const setting = `auth.issuers[${index}]`;
    checkIssuer(setting, issuer);
    if (seen.has(issuer.issuer)) throw invalidArgument(`${setting}.issuer`, "is configured twice");
    seen.add(issuer.issuer);
  }
}

function checkIssuer(setting: string, options: IssuerOptions): void {
  checkText(`${setting}.issuer`, options.issuer);
  checkText(`${setting}.audience`, options.audience);
  if (!Array.isArray(options.algorithms) || options.algorithms.length === 0) {
    throw invalidArgument(`${setting}.algorithms`, `needs at least one of ${SIGNATURE_ALGORITHMS.join(", ")}`);
  }
  for (const algorithm of options.algorithms) {
    if (!(SIGNATURE_ALGORITHMS as readonly unknown[]).includes(algorithm)) {
      throw invalidArgument(
        `${setting}.algorithms`,
        `"${String(algorithm)}" cannot be checked with a public key; choose from ${SIGNATURE_ALGORITHMS.join(", ")}`,
      );
    }
  }
  for (const type of options.tokenTypes ?? []) {
    if (!TOKEN_TYPES.includes(type)) {
      throw invalidArgument(`${setting}.tokenTypes`, `"${String(type)}" is not one of ${TOKEN_TYPES.join(", ")}`);
    }
  }
  if (options.tokenTypes?.length === 0) throw invalidArgument(`${setting}.tokenTypes`, "must not be empty");
  if (options.subjectKind !== undefined && !["user", "serviceIdentity"].includes(options.subjectKind)) {
    throw invalidArgument(`${setting}.subjectKind`, 'must be "user" or "serviceIdentity"');
  }
  checkKeySetSource(`${setting}.jwks`, options.jwks);
  checkClaimsMapping(`${setting}.claims`, options.claims);
}

function checkKeySetSource(setting: string, source: IssuerOptions["jwks"]): void {
  const given = ["uri", "file", "keys"].filter(
    (name) => source !== null && typeof source === "object" && name in source,
  );
  if (given.length !== 1) throw invalidArgument(setting, "needs exactly one of uri, file and keys");
  if ("file" in source) checkText(`${setting}.file`, source.file);
  if ("keys" in source && !Array.isArray(source.keys))
    throw invalidArgument(`${setting}.keys`, "must be a list of JWKs");
  if (!("uri" in source)) return;
  checkText(`${setting}.uri`, source.uri);
  const url = URL.canParse(source.uri) ? new URL(source.uri) : undefined;
  const local = url?.protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url === undefined || (url.protocol !== "https:" && !local)) {
    throw invalidArgument(`${setting}.uri`, "must be an https: address (http: only for loopback)");
  }
  if (url.username !== "" || url.password !== "") {
    throw invalidArgument(`${setting}.uri`, "must not hold credentials");
  }
  for (const name of ["timeoutMs", "cooldownMs", "maxAgeMs"] as const) {
    checkSeconds(`${setting}.${name}`, source[name], 1, 24 * 60 * 60 * 1000);
  }
}

function checkText(setting: string, value: unknown): void {
  if (typeof value !== "string" || value === "") throw invalidArgument(setting, "must be a text that is not empty");
}

function checkSeconds(setting: string, value: unknown, least: number, most: number): void {
  if (value === undefined) return;
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw invalidArgument(setting, `must be a number from ${least} to ${most}`);
  }
}
