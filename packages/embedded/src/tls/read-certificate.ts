import { X509Certificate } from "node:crypto";

/** What we ask of a certificate, without loading the library that issues them. */
export interface CertificateDetails {
  readonly commonName: string;
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isAuthority: boolean;
  readonly dnsNames: readonly string[];
  /** IPv6 addresses as Node writes them: `0:0:0:0:0:0:0:1`. */
  readonly ipAddresses: readonly string[];
}

/** Reads the first certificate of a PEM text. Throws `TypeError` when there is none. */
export function readCertificate(pem: string): CertificateDetails {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw new TypeError("The text holds no PEM certificate", { cause });
  }
  const subject: Readonly<Partial<Record<string, string | string[]>>> = certificate.toLegacyObject().subject;
  const names = certificate.subjectAltName?.split(", ") ?? [];
  const named = (kind: string) => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  return {
    commonName: String(subject.CN ?? ""),
    serialNumber: certificate.serialNumber,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    isAuthority: certificate.ca,
    dnsNames: named("DNS:"),
    ipAddresses: named("IP Address:"),
  };
}

/** Whether `certificate` was signed by `authority`, both PEM. */
export function isSignedBy(certificate: string, authority: string): boolean {
  try {
    const issuer = new X509Certificate(authority);
    const issued = new X509Certificate(certificate);
    return issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
