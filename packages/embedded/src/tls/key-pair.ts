import { createPrivateKey, webcrypto } from "node:crypto";

/** ECDSA P-256 with SHA-256, what CloudNativePG issues (pkg/certs/certs.go) and every TLS 1.3 peer takes. */
const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
export const SIGNATURE_ALGORITHM = { ...KEY_ALGORITHM, hash: "SHA-256" } as const;

export async function generateKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

/** PKCS #8, PEM. */
export async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
}

/** Reads an unencrypted P-256 key in PEM, PKCS #8 or SEC 1 (`EC PRIVATE KEY`, as the real operators write). */
export async function importKeyPair(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new TypeError("The key of the certificate authority must be an ECDSA P-256 key");
  }
  const jwk = key.export({ format: "jwk" });
  const { d: _secret, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey("jwk", jwk, KEY_ALGORITHM, true, ["sign"]),
    webcrypto.subtle.importKey("jwk", publicJwk, KEY_ALGORITHM, true, ["verify"]),
  ]);
  return { privateKey, publicKey };
}
