import { createPublicKey } from "node:crypto";
import { isIP } from "node:net";
import type { CertificateAndKey } from "./certificate-authority.js";
import { distinguishedName } from "./distinguished-name.js";
import { exportPrivateKey, generateKeyPair, importKeyPair, SIGNATURE_ALGORITHM } from "./key-pair.js";
import { loadX509 } from "./load-x509.js";
import { readCertificate } from "./read-certificate.js";
import { validityOf } from "./validity.js";

export interface IssueCertificateOptions {
  readonly commonName: string;
  readonly dnsNames?: readonly string[] | undefined;
  readonly ipAddresses?: readonly string[] | undefined;
  /** Cut to what is left of the authority's own time. */
  readonly days: number;
  readonly usages: readonly CertificateUsage[];
  /** The present when absent. */
  readonly now?: Date | undefined;
}

export type CertificateUsage = "server" | "client";

/** RFC 1123 labels, with a `*` allowed as the whole first one. */
const DNS_NAME = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i;

export function isDnsName(name: string): boolean {
  return DNS_NAME.test(name) && isIP(name) === 0;
}

/** Makes a new key and an end certificate for it, signed by `authority`. */
export async function issueCertificate(
  authority: CertificateAndKey,
  options: IssueCertificateOptions,
): Promise<CertificateAndKey> {
  const { commonName, dnsNames = [], ipAddresses = [], days, usages, now = new Date() } = options;
  for (const name of dnsNames) if (!isDnsName(name)) throw new TypeError(`"${name}" is not a DNS name`);
  for (const address of ipAddresses) if (isIP(address) === 0) throw new TypeError(`"${address}" is not an IP address`);

  const [x509, keys, signer] = await Promise.all([loadX509(), generateKeyPair(), importKeyPair(authority.key)]);
  const issuer = new x509.X509Certificate(authority.certificate);
  const issuerKeyId = issuer.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  const oid = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth };
  const names = [
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
  ];
  const [subjectKeyId, key] = await Promise.all([
    x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    exportPrivateKey(keys.privateKey),
  ]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: await distinguishedName({ CN: commonName }),
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    ...validityOf(days, now, readCertificate(authority.certificate).notAfter),
    signingAlgorithm: SIGNATURE_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      // An ECDSA key only signs in TLS 1.3; keyEncipherment is for RSA key transport.
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages.map((usage) => oid[usage])),
      subjectKeyId,
      issuerKeyId === undefined
        ? await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey)
        : new x509.AuthorityKeyIdentifierExtension(issuerKeyId),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key };
}

/** Whether `key` is the private key of `certificate`. False for what is no key or certificate at all. */
export function isKeyOf(key: string, certificate: string): boolean {
  try {
    const fromKey = createPublicKey(key).export({ format: "der", type: "spki" });
    const fromCertificate = createPublicKey(certificate).export({ format: "der", type: "spki" });
    return fromKey.equals(fromCertificate);
  } catch {
    return false;
  }
}
