import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TenantryError } from "@tenantry/sdk";
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK_EC_Private,
  SignJWT,
} from "jose";

/** Signs tokens for the gateway of `tenantry dev`. Not for production: whoever reads the directory can sign as anyone. */
export interface DevelopmentIssuer {
  /** `iss` of its tokens; fixed when the key is made, so that old tokens stay valid. */
  readonly url: string;
  /** The public half. */
  readonly jwks: JSONWebKeySet;
  /** A signed token. Keep it out of logs. */
  mint(claims: DevelopmentClaims): Promise<string>;
}

export interface DevelopmentClaims {
  readonly subject: string;
  /** Role names by namespace. */
  readonly namespaces: Readonly<Record<string, readonly string[]>>;
  /** Role names that hold in every namespace. */
  readonly account: readonly string[];
  readonly ttlSeconds: number;
}

export const SIGNATURE_ALGORITHM = "ES256";
export const DEVELOPMENT_AUDIENCE = "tenantry";
/** RFC 9068: says that it is an access token, so that it is never taken for an ID token of the same issuer. */
export const TOKEN_TYPE = "at+jwt";
/** The longest life that the gateway of `tenantry dev` accepts. */
export const MAX_TOKEN_SECONDS = 365 * 24 * 60 * 60;
/** Claims that the gateway of `tenantry dev` reads grants from. */
export const NAMESPACES_CLAIM = "tenantry_namespaces";
export const ACCOUNT_CLAIM = "tenantry_account";

/** What is kept in the file, 0600. */
interface StoredIssuer {
  readonly url: string;
  readonly privateKey: JWK_EC_Private & { readonly kty: "EC"; readonly kid: string };
}

export function developmentIssuerPath(directory: string): string {
  return join(directory, "development-issuer.json");
}

/**
 * The issuer that an earlier `tenantry dev` left in `directory`, or undefined when there was none.
 * @throws TenantryError `invalid_argument` when its file is damaged, `permission_denied` when it is not readable.
 */
export async function readDevelopmentIssuer(directory: string): Promise<DevelopmentIssuer | undefined> {
  const path = developmentIssuerPath(directory);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new TenantryError("permission_denied", `directory: this user may not read "${path}" (${code ?? "unknown"})`, {
      cause: error,
    });
  }
  try {
    return await createIssuer(JSON.parse(text) as StoredIssuer);
  } catch {
    // The cause is left out: it may quote the file.
    throw new TenantryError(
      "invalid_argument",
      `directory: "${path}" is damaged; remove it and start \`tenantry dev\` to have a new key made (old tokens end)`,
    );
  }
}

/** Makes a key and hands its file's content to `write`, which must keep it private. */
export async function createDevelopmentIssuer(
  url: string,
  write: (content: string) => Promise<void>,
): Promise<DevelopmentIssuer> {
  const { privateKey } = await generateKeyPair(SIGNATURE_ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const stored = { url, privateKey: { ...jwk, kid: await calculateJwkThumbprint(jwk) } } as StoredIssuer;
  await write(`${JSON.stringify(stored)}\n`);
  return createIssuer(stored);
}

async function createIssuer({ url, privateKey }: StoredIssuer): Promise<DevelopmentIssuer> {
  const { kid, kty, crv, x, y } = privateKey;
  const key = await importJWK(privateKey, SIGNATURE_ALGORITHM);
  return {
    url: new URL(url).href.replace(/\/$/, ""),
    // Field by field: a private member can never slip into what is published.
    jwks: { keys: [{ kid, kty, crv, x, y, alg: SIGNATURE_ALGORITHM, use: "sig" }] },
    mint: ({ subject, namespaces, account, ttlSeconds }) =>
      new SignJWT({ [NAMESPACES_CLAIM]: namespaces, ...(account.length === 0 ? {} : { [ACCOUNT_CLAIM]: account }) })
        .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, kid, typ: TOKEN_TYPE })
        .setIssuer(url)
        .setAudience(DEVELOPMENT_AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${ttlSeconds}s`)
        .sign(key),
  };
}
