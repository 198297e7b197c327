import type { webcrypto } from "node:crypto";
import type { Name } from "@peculiar/x509";
import { distinguishedName } from "./distinguished-name.js";
import { exportPrivateKey, generateKeyPair, importKeyPair, SIGNATURE_ALGORITHM } from "./key-pair.js";
import { loadX509 } from "./load-x509.js";
import { validityOf } from "./validity.js";

/** A certificate and its private key, PEM. Keep the key out of logs. */
export interface CertificateAndKey {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateAuthorityOptions {
  readonly commonName: string;
  readonly organizationalUnit?: string | undefined;
  readonly days: number;
  /** The present when absent. */
  readonly now?: Date | undefined;
}

/** Makes a self-signed authority that may sign end certificates, and nothing below them. */
export async function createCertificateAuthority(options: CertificateAuthorityOptions): Promise<CertificateAndKey> {
  const keys = await generateKeyPair();
  const { commonName, organizationalUnit } = options;
  const name = await distinguishedName({ OU: organizationalUnit, CN: commonName });
  const [certificate, key] = await Promise.all([selfSign(keys, name, options), exportPrivateKey(keys.privateKey)]);
  return { certificate, key };
}

/**
 * Extends an authority in time and keeps its key and name, so that what it signed stays valid and clients that hold the old
 * certificate trust what it signs from now on.
 */
export async function renewCertificateAuthority(
  authority: CertificateAndKey,
  options: Pick<CertificateAuthorityOptions, "days" | "now">,
): Promise<CertificateAndKey> {
  const [x509, keys] = await Promise.all([loadX509(), importKeyPair(authority.key)]);
  const { subjectName } = new x509.X509Certificate(authority.certificate);
  return { certificate: await selfSign(keys, subjectName, options), key: authority.key };
}

async function selfSign(
  keys: webcrypto.CryptoKeyPair,
  name: Name,
  options: Pick<CertificateAuthorityOptions, "days" | "now">,
): Promise<string> {
  const { days, now = new Date() } = options;
  const x509 = await loadX509();
  const subjectKeyId = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    ...validityOf(days, now),
    signingAlgorithm: SIGNATURE_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      subjectKeyId,
      new x509.AuthorityKeyIdentifierExtension(subjectKeyId.keyId),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}
