import { randomBytes, X509Certificate } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { readIfPresent, writeDurably } from "../postgres/process/durable-file.js";
import {
  type CertificateAndKey,
  createCertificateAuthority,
  renewCertificateAuthority,
} from "../tls/certificate-authority.js";
import { isKeyOf, issueCertificate } from "../tls/issue-certificate.js";
import { isSignedBy } from "../tls/read-certificate.js";

/** How the plane's API server proves itself, and who may administer it. Kept, so that a kubeconfig outlives restarts. */
export interface PlaneCredentials {
  /** PEM. */
  readonly certificateAuthority: string;
  readonly serving: CertificateAndKey;
  /** Bearer token of the administrator. Keep it out of logs. */
  readonly token: string;
}

export interface PlaneCredentialsOptions {
  /** DNS names and IP addresses that the serving certificate must cover. */
  readonly hosts: readonly string[];
  /** The present when absent. */
  readonly now?: Date | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
const SERVING_DAYS = 365;
/** Replaced at a start with less than this left: longer than a plane is likely to run without one. */
const RENEW_BEFORE_MS = 90 * DAY_MS;
const TOKEN_BYTES = 32;
const TOKEN = /^[\w-]{43}$/;

/** Reads the credentials of the last time; makes anew what is missing, damaged or about to expire. */
export async function keepPlaneCredentials(
  directory: string,
  { hosts, now = new Date() }: PlaneCredentialsOptions,
): Promise<PlaneCredentials> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const authority = await keepAuthority(join(directory, "ca.pem"), now);
  const [serving, token] = await Promise.all([
    keepServing(join(directory, "apiserver.pem"), authority, hosts, now),
    keepToken(join(directory, "admin.token")),
  ]);
  return { certificateAuthority: authority.certificate, serving, token };
}

async function keepAuthority(path: string, now: Date): Promise<CertificateAndKey> {
  const kept = await readPair(path);
  if (kept !== undefined && !expiresSoon(kept, now)) return kept;
  const options = { days: AUTHORITY_DAYS, now };
  const made =
    kept === undefined
      ? await createCertificateAuthority({ commonName: "tenantry-embedded", ...options })
      : await renewCertificateAuthority(kept, options);
  await writePair(path, made);
  return made;
}

async function keepServing(
  path: string,
  authority: CertificateAndKey,
  hosts: readonly string[],
  now: Date,
): Promise<CertificateAndKey> {
  const kept = await readPair(path);
  if (
    kept !== undefined &&
    !expiresSoon(kept, now) &&
    isSignedBy(kept.certificate, authority.certificate) &&
    hosts.every((host) => covers(kept, host))
  ) {
    return kept;
  }
  const issued = await issueCertificate(authority, {
    commonName: "tenantry-embedded-apiserver",
    dnsNames: hosts.filter((host) => isIP(host) === 0),
    ipAddresses: hosts.filter((host) => isIP(host) !== 0),
    days: SERVING_DAYS,
    usages: ["server"],
    now,
  });
  await writePair(path, issued);
  return issued;
}

function expiresSoon({ certificate }: CertificateAndKey, now: Date): boolean {
  return new Date(new X509Certificate(certificate).validTo).getTime() - now.getTime() < RENEW_BEFORE_MS;
}

function covers({ certificate }: CertificateAndKey, host: string): boolean {
  const parsed = new X509Certificate(certificate);
  return (isIP(host) === 0 ? parsed.checkHost(host) : parsed.checkIP(host)) !== undefined;
}

/** A whole token or none: an empty or cut file would open the plane to an empty or short one. */
async function keepToken(path: string): Promise<string> {
  const kept = (await readIfPresent(path))?.trim();
  if (kept !== undefined && TOKEN.test(kept)) return kept;
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  await writeDurably(path, `${token}\n`);
  return token;
}

/** Certificate and key share a file, so that no crash can leave one without the other. */
async function writePair(path: string, { certificate, key }: CertificateAndKey): Promise<void> {
  await writeDurably(path, `${certificate.trimEnd()}\n${key.trimEnd()}\n`);
}

async function readPair(path: string): Promise<CertificateAndKey | undefined> {
  const text = (await readIfPresent(path)) ?? "";
  const keyStart = text.search(/^-----BEGIN [A-Z ]*PRIVATE KEY-----$/m);
  if (keyStart === -1) return undefined;
  const pair = { certificate: text.slice(0, keyStart), key: text.slice(keyStart) };
  return isKeyOf(pair.key, pair.certificate) ? pair : undefined;
}
