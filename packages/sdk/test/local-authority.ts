import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const HOUR_MS = 60 * 60 * 1000;

interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority for one test run, what a server on loopback shows, and what a client shows. */
export interface LocalAuthority {
  readonly ca: string;
  readonly server: Issued;
  readonly client: Issued;
}

export async function createLocalAuthority(): Promise<LocalAuthority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + HOUR_MS) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: "CN=local test authority",
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  async function issue(subject: string, names: readonly x509.JsonGeneralName[]): Promise<Issued> {
    const own = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity,
      subject,
      issuer: ca.subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension([...names])],
    });
    const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", own.privateKey));
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    return { certificate: certificate.toString("pem"), key: key.export({ format: "pem", type: "pkcs8" }).toString() };
  }
  const names = [{ type: "ip", value: "127.0.0.1" } as const, { type: "dns", value: "api.tenantry.test" } as const];
  return { ca: ca.toString("pem"), server: await issue("CN=api", names), client: await issue("CN=alice", []) };
}
