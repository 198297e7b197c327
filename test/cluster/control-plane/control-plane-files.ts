import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCertificateAuthority, issueCertificate } from "@tenantry/embedded";

/** What the programs of one control plane trust and prove themselves with, as files that only this user reads. */
export interface ControlPlaneFiles {
  readonly authority: string;
  readonly serving: PairOfFiles;
  readonly client: PairOfFiles;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly tokens: string;
  readonly auditPolicy: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** Of a member of `system:masters`. */
  readonly adminToken: string;
  /** Of a user whom nothing is granted. */
  readonly strangerToken: string;
  readonly controllerManagerToken: string;
}

export interface PairOfFiles {
  readonly certificate: string;
  readonly key: string;
}

const LOOPBACK = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] } as const;
export const STRANGER = "stranger";

export async function writeControlPlaneFiles(directory: string): Promise<ControlPlaneFiles> {
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const authority = await createCertificateAuthority({ commonName: "test-cluster", days: 1 });
  const pair = async (name: string, usages: readonly ("server" | "client")[]): Promise<PairOfFiles> => {
    const { certificate, key } = await issueCertificate(authority, { commonName: name, days: 1, usages, ...LOOPBACK });
    return { certificate: await write(`${name}.crt`, certificate), key: await write(`${name}.key`, key) };
  };
  const keys = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const [adminToken, strangerToken, controllerManagerToken] = [token(), token(), token()];
  const tokens = [
    `${adminToken},admin,admin,"system:masters"`,
    `${strangerToken},${STRANGER},${STRANGER}`,
    `${controllerManagerToken},system:kube-controller-manager,controller-manager`,
  ];
  return {
    authority: await write("ca.crt", authority.certificate),
    // etcd calls itself with its serving certificate.
    serving: await pair("serving", ["server", "client"]),
    client: await pair("client", ["client"]),
    serviceAccountKey: await write("service-account.key", keys.privateKey),
    serviceAccountPublicKey: await write("service-account.pub", keys.publicKey),
    tokens: await write("tokens.csv", `${tokens.join("\n")}\n`),
    auditPolicy: await write("audit-policy.json", JSON.stringify(AUDIT_POLICY)),
    certificateAuthority: authority.certificate,
    adminToken,
    strangerToken,
    controllerManagerToken,
  };
}

/** One line a request, without bodies. */
const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted"],
  rules: [{ level: "Metadata" }],
};

function token(): string {
  return randomBytes(32).toString("base64url");
}
