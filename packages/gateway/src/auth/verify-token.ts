import type { Principal } from "@tenantry/sdk";
import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { IssuerOptions, TokenType } from "./auth-options.js";
import { readGrants } from "./claims-mapping.js";
import { hasDuplicateMembers } from "./duplicate-members.js";

/** RFC 7515 section 7.1. jose also takes padding and blanks, which would give one token many spellings. */
const COMPACT_FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export interface TokenIssuer {
  readonly options: IssuerOptions;
  readonly keySet: JWTVerifyGetKey;
}

export interface VerifyOptions {
  readonly issuers: ReadonlyMap<string, TokenIssuer>;
  readonly clockToleranceSeconds: number;
  readonly maxLifetimeSeconds: number;
}

/** Why a token was refused, in a word for the log; the caller is never told. */
class RefusedToken extends Error {
  override readonly name = "RefusedToken";
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * Checks one access token and reads what it grants.
 *
 * The issuer's entry is chosen by comparing `iss` with configured names, so an unknown one costs no request, and its keys are then
 * the only ones that count. Of a claim written twice the last holds, as in `JSON.parse`; a header written twice is refused.
 * @throws anything: a refusal of ours, of jose, or a plain `TypeError` of Web Crypto. All mean "refused".
 */
export async function verifyToken(token: string, options: VerifyOptions, now: Date): Promise<Principal> {
  const { clockToleranceSeconds, maxLifetimeSeconds } = options;
  if (!COMPACT_FORM.test(token)) throw new RefusedToken("Form");
  const issuer = options.issuers.get(String(decodeJwt(token).iss));
  if (issuer === undefined) throw new RefusedToken("UnknownIssuer");
  if (hasDuplicateMembers(Buffer.from(token.slice(0, token.indexOf(".")), "base64url").toString())) {
    throw new RefusedToken("DuplicateHeader");
  }
  const { payload, protectedHeader } = await jwtVerify(token, issuer.keySet, {
    algorithms: [...issuer.options.algorithms],
    issuer: issuer.options.issuer,
    audience: issuer.options.audience,
    requiredClaims: ["exp", "iat", "sub"],
    clockTolerance: clockToleranceSeconds,
    maxTokenAge: maxLifetimeSeconds,
    currentDate: now,
  });
  checkType(protectedHeader.typ, issuer.options.tokenTypes ?? ["at+jwt"]);
  if (Array.isArray(payload.aud) && payload.aud.length > 1 && issuer.options.acceptSharedAudience !== true) {
    throw new RefusedToken("SharedAudience");
  }
  const expiresAt = readExpiry(payload, maxLifetimeSeconds, clockToleranceSeconds);
  if (expiresAt <= now) throw new RefusedToken("Expired");
  return {
    subject: { kind: issuer.options.subjectKind ?? "user", issuer: issuer.options.issuer, name: readSubject(payload) },
    ...readGrants(payload, issuer.options.claims),
    expiresAt,
  };
}

/** Media types compare without case, and `application/` may be left out (RFC 7515 section 4.1.9). */
function checkType(typ: unknown, accepted: readonly TokenType[]): void {
  const type = typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : "jwt";
  if (!accepted.some((name) => name.toLowerCase() === type)) throw new RefusedToken("TokenType");
}

/** The instant after which the token is not believed, tolerance included: the same one that {@link verifyToken} itself goes by. */
function readExpiry(
  { exp = Number.NaN, iat = Number.NaN }: JWTPayload,
  maxLifetimeSeconds: number,
  tolerance: number,
): Date {
  if (!(exp - iat > 0 && exp - iat <= maxLifetimeSeconds)) throw new RefusedToken("Lifetime");
  return new Date((exp + tolerance) * 1000);
}

function readSubject({ sub }: JWTPayload): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  if (typeof sub !== "string" || sub === "" || sub.length > 256 || /[\u0000-\u001f\u007f]/.test(sub)) {
    throw new RefusedToken("Subject");
  }
  return sub;
}
