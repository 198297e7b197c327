import { TenantryError } from "../../errors/tenantry-error.js";
import type { Secret } from "../../kubernetes/object.js";
import type { Connection } from "../../provisioning/connection.js";
import type { ConnectionSecretNames, ConnectionSecrets } from "../provider.js";
import type { CnpgCluster } from "./cluster-object.js";

const DEFAULT_PORT = 5432;

/** Source: operator documentation, "Applications". A Secret of the caller's own takes the place of `<cluster>-app`. */
export function secretNames({ metadata, spec, status }: CnpgCluster): ConnectionSecretNames | undefined {
  const serverCa = status?.certificates?.serverCASecret;
  if (serverCa === undefined || serverCa === "") return undefined;
  return { credentials: spec?.bootstrap?.initdb?.secret?.name ?? `${metadata.name}-app`, serverCa };
}

/**
 * The generated Secret's `fqdn-uri` says where the primary is and works from every namespace; its `host` is a short name that works in its own
 * only. A Secret of the caller's own has neither, and the primary's Service is named by convention.
 */
export function readConnection({ metadata, spec }: CnpgCluster, secrets: ConnectionSecrets): Connection {
  const initdb = spec?.bootstrap?.initdb;
  const address = readAddress(secrets.credentials) ?? {
    host: `${metadata.name}-rw.${metadata.namespace}.svc`,
    port: DEFAULT_PORT,
  };
  return {
    ...address,
    database: initdb?.database ?? "app",
    role: initdb?.owner ?? initdb?.database ?? "app",
    sslmode: "verify-full",
    caCertificate: readKey(secrets.serverCa, "ca.crt"),
  };
}

export function readPassword(credentials: Secret): string {
  return readKey(credentials, "password");
}

function readAddress(credentials: Secret): { readonly host: string; readonly port: number } | undefined {
  if (credentials.data?.["fqdn-uri"] === undefined) return undefined;
  let uri: URL;
  try {
    uri = new URL(readKey(credentials, "fqdn-uri"));
  } catch {
    // Not kept as the cause: the text of the failure holds the URI, and with it the password.
    throw unreadable(credentials, "fqdn-uri");
  }
  return { host: uri.hostname, port: uri.port === "" ? DEFAULT_PORT : Number(uri.port) };
}

function readKey(secret: Secret, key: string): string {
  const value = secret.data?.[key];
  if (value === undefined) throw unreadable(secret, key);
  return Buffer.from(value, "base64").toString("utf8");
}

function unreadable({ metadata }: Secret, key: string): TenantryError {
  return new TenantryError("unavailable", `Secret "${metadata.name}" has no usable key "${key}" yet`, {
    reason: "NotReady",
    resource: { kind: "Secret", namespace: metadata.namespace, name: metadata.name },
  });
}
