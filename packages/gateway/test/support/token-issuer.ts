import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { AuthOptions, IssuerOptions } from "../../src/auth/auth-options.js";

export const ISSUER = "https://issuer.example";
const AUDIENCE = "tenantry";

/** An issuer whose key the test holds, so that it can sign what a real one would not. */
export interface TokenIssuer {
  readonly options: IssuerOptions;
  readonly auth: AuthOptions;
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
  /** A token of good form; `claims` and `header` replace single members. */
  sign(claims?: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A token for one namespace. */
  tokenFor(namespace: string, role?: string, claims?: JWTPayload): Promise<string>;
}

export async function createTokenIssuer(issuer = ISSUER, kid = "key-1"): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
  const options: IssuerOptions = {
    issuer,
    audience: AUDIENCE,
    algorithms: ["ES256"],
    jwks: { keys: [jwk] },
    claims: { namespaces: "namespaces", account: "account" },
  };
  const sign: TokenIssuer["sign"] = (claims = {}, header = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: issuer, aud: AUDIENCE, sub: "alice", iat: now, exp: now + 600, ...claims };
    return new SignJWT(payload).setProtectedHeader({ alg: "ES256", kid, typ: "at+jwt", ...header }).sign(privateKey);
  };
  return {
    options,
    auth: { issuers: [options] },
    jwk,
    privateKey,
    sign,
    tokenFor: (namespace, role = "namespace-admin", claims = {}) =>
      sign({ namespaces: { [namespace]: [role] }, ...claims }),
  };
}
