import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { DesiredServer } from "../../../postgres/runtime.js";
import { type CnpgCluster, namesOf } from "../cluster-object.js";
import type { PreparedCertificates, ServerNames } from "../objects/certificates.js";
import { isFixedParameter } from "../postgresql/fixed-parameters.js";
import { toHba } from "../postgresql/host-based-authentication.js";
import { preloadLibraries } from "../postgresql/preload-libraries.js";

/** Pure: the same objects give the same server. */
export function toDesiredServer(
  { spec }: CnpgCluster,
  certificates: Pick<PreparedCertificates, "server" | "authority">,
  passwords: DesiredServer["passwords"],
  port: number | undefined,
): DesiredServer {
  const { database = "app", owner = "app" } = spec?.bootstrap?.initdb ?? {};
  const given = spec?.postgresql?.parameters ?? {};
  const parameters = Object.fromEntries(Object.entries(given).filter(([name]) => !isFixedParameter(name)));
  const libraries = preloadLibraries(given, spec?.postgresql?.shared_preload_libraries);
  return {
    bootstrap: { database, owner },
    parameters: libraries.length === 0 ? parameters : { ...parameters, shared_preload_libraries: libraries.join(",") },
    hba: toHba(spec?.postgresql?.pg_hba),
    tls: { ...certificates.server, clientCa: certificates.authority },
    passwords,
    ...(port === undefined ? {} : { port }),
  };
}

/** Tells two of them apart without keeping the passwords. The port is what the server makes of it. */
export function fingerprintOf({ port: _, ...desired }: DesiredServer, reloadedAt: string | undefined): string {
  return createHash("sha256")
    .update(JSON.stringify([desired, reloadedAt]))
    .digest("base64");
}

/**
 * Every name under which the server may be addressed. The operator's own are the four DNS forms of each Service; this machine's come
 * first, because they are the ones that work here. Source: cloudnative-pg v1.30.0 api/v1/cluster_funcs.go, GetClusterAltDNSNames.
 */
export function serverNames({ metadata, spec }: CnpgCluster, host: string, clusterDomain: string): ServerNames {
  const { readWrite, read, readOnly } = namesOf(metadata.name ?? "");
  const services = [readWrite, read, readOnly].flatMap((service) => {
    const qualified = `${service}.${metadata.namespace}`;
    return [service, qualified, `${qualified}.svc`, `${qualified}.svc.${clusterDomain}`];
  });
  const isAddress = isIP(host) !== 0;
  return {
    dnsNames: [
      ...new Set([
        "localhost",
        ...(isAddress ? [] : [host]),
        ...services,
        ...(spec?.certificates?.serverAltDNSNames ?? []),
      ]),
    ],
    ipAddresses: [...new Set(["127.0.0.1", "::1", ...(isAddress ? [host] : [])])],
  };
}
