import { SECRETS, type Secret } from "@tenantry/sdk";
import {
  type CertificateAndKey,
  createCertificateAuthority,
  renewCertificateAuthority,
} from "../../../tls/certificate-authority.js";
import { isKeyOf, issueCertificate } from "../../../tls/issue-certificate.js";
import { isSignedBy, readCertificate } from "../../../tls/read-certificate.js";
import { type CnpgCertificatesStatus, namesOf } from "../cluster-object.js";
import { UserActionNeeded } from "../status/user-action-needed.js";
import { type ClusterScope, createOwned, findCurrent, ownerUid } from "./owned-object.js";
import { readSecret, toSecretData } from "./secret-data.js";

/** Source: cloudnative-pg v1.30.0 internal/configuration: CERTIFICATE_DURATION and EXPIRING_CHECK_THRESHOLD, in days. */
const DURATION_DAYS = 90;
const RENEW_BEFORE_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface ServerNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

export interface PreparedCertificates {
  readonly server: CertificateAndKey;
  /** The authority's certificate, for servers and for clients alike. */
  readonly authority: string;
  /** Makes what the server can start without, and resolves once the Secrets hold all of it. */
  store(): Promise<StoredCertificates>;
}

export interface StoredCertificates {
  readonly status: CnpgCertificatesStatus;
  /** When the first of them has to be renewed. */
  readonly renewAt: Date;
}

/**
 * Finds the certificates or makes them, and renews what ends soon or does not fit any more. Nothing is written yet: the server can start
 * meanwhile, and after a crash in between the next run makes others.
 */
export async function prepareCertificates(
  scope: ClusterScope,
  names: ServerNames,
  now: Date,
): Promise<PreparedCertificates> {
  const secretNames = namesOf(scope.name);
  const [authoritySecret, serverSecret, replicationSecret] = await Promise.all(
    [secretNames.authority, secretNames.server, secretNames.replication].map((name) =>
      findCurrent<Secret>(scope, SECRETS, name),
    ),
  );
  const isDue = (certificate: string) =>
    readCertificate(certificate).notAfter.getTime() - now.getTime() <= RENEW_BEFORE_DAYS * DAY_MS;

  let authority = readPair(authoritySecret, "ca.crt", "ca.key");
  if (authority === undefined) {
    authority = await createCertificateAuthority({
      commonName: scope.name,
      organizationalUnit: scope.namespace,
      days: DURATION_DAYS,
      now,
    });
  } else if (isDue(authority.certificate)) {
    authority = await renewCertificateAuthority(authority, { days: DURATION_DAYS, now });
  }
  const signer = authority;

  async function current(
    secret: Secret | undefined,
    options: { readonly commonName: string; readonly usages: readonly ["server" | "client"] } & Partial<ServerNames>,
  ): Promise<CertificateAndKey> {
    const found = readPair(secret, "tls.crt", "tls.key");
    const fits =
      found !== undefined &&
      !isDue(found.certificate) &&
      isSignedBy(found.certificate, signer.certificate) &&
      (options.dnsNames ?? []).every((name) => readCertificate(found.certificate).dnsNames.includes(name));
    return fits ? found : issueCertificate(signer, { ...options, days: DURATION_DAYS, now });
  }
  const server = await current(serverSecret, { commonName: secretNames.readWrite, ...names, usages: ["server"] });
  return {
    server,
    authority: signer.certificate,
    async store() {
      const [client] = await Promise.all([
        storeReplication(),
        storePair(scope, authoritySecret, secretNames.authority, "Opaque", ["ca.crt", "ca.key"], signer),
        storePair(scope, serverSecret, secretNames.server, "kubernetes.io/tls", ["tls.crt", "tls.key"], server),
      ]);
      const ends = [signer, server, client].map(({ certificate }) => readCertificate(certificate).notAfter);
      const [authorityEnd = "", serverEnd = "", clientEnd = ""] = ends.map(toGoTime);
      return {
        renewAt: new Date(Math.min(...ends.map(Number)) - RENEW_BEFORE_DAYS * DAY_MS),
        status: {
          serverCASecret: secretNames.authority,
          serverTLSSecret: secretNames.server,
          clientCASecret: secretNames.authority,
          replicationTLSSecret: secretNames.replication,
          serverAltDNSNames: names.dnsNames,
          expirations: {
            [secretNames.authority]: authorityEnd,
            [secretNames.server]: serverEnd,
            [secretNames.replication]: clientEnd,
          },
        },
      };
    },
  };

  async function storeReplication(): Promise<CertificateAndKey> {
    const client = await current(replicationSecret, { commonName: "streaming_replica", usages: ["client"] });
    const { replication } = secretNames;
    await storePair(scope, replicationSecret, replication, "kubernetes.io/tls", ["tls.crt", "tls.key"], client);
    return client;
  }
}

/** A certificate and its key out of a Secret; undefined when they are missing, unreadable or do not belong together. */
function readPair(secret: Secret | undefined, certificateKey: string, keyKey: string): CertificateAndKey | undefined {
  const certificate = readSecret(secret, certificateKey);
  const key = readSecret(secret, keyKey);
  if (certificate === undefined || key === undefined || !isKeyOf(key, certificate)) return undefined;
  return { certificate, key };
}

async function storePair(
  scope: ClusterScope,
  present: Secret | undefined,
  name: string,
  type: string,
  [certificateKey, keyKey]: readonly [string, string],
  { certificate, key }: CertificateAndKey,
): Promise<void> {
  if (readSecret(present, certificateKey) === certificate && readSecret(present, keyKey) === key) return;
  const data = toSecretData({ [certificateKey]: certificate, [keyKey]: key });
  if (present === undefined) {
    await createOwned<Secret>(scope, SECRETS, { metadata: { name }, type, data });
    return;
  }
  if (ownerUid(present) !== scope.uid) {
    throw new UserActionNeeded(
      `Secret "${name}" is not the operator's and holds no usable certificate; mend or delete it`,
    );
  }
  const { transport, namespace, signal } = scope;
  const { uid, resourceVersion } = present.metadata;
  const body = { metadata: { uid, resourceVersion }, data };
  await transport.send({ verb: "patch", resource: SECRETS, namespace, name, body, signal });
}

/** As Go's `time.Time.String()` writes it, which is what the operator puts there: `2027-02-19 22:34:23 +0000 UTC`. */
function toGoTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}
