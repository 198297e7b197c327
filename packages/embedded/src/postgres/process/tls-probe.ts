import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { LOOPBACK } from "./configuration.js";

/**
 * Does a TLS handshake with a server and resolves with the fingerprint of the certificate that it shows, or undefined when there is no
 * handshake. Nothing is sent after it, which PostgreSQL takes for a client that changed its mind and does not log.
 *
 * Source: PostgreSQL 17 "direct" negotiation, which the ALPN name `postgresql` opens.
 */
export async function presentedCertificate(port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: LOOPBACK,
      port,
      ALPNProtocols: ["postgresql"],
      // The certificate is compared, not trusted: the caller knows which one to expect.
      rejectUnauthorized: false,
      timeout: timeoutMs,
    });
    const finish = (fingerprint: string | undefined): void => {
      socket.destroy();
      resolve(fingerprint);
    };
    socket.once("secureConnect", () => finish(socket.getPeerX509Certificate()?.fingerprint256));
    socket.once("error", () => finish(undefined));
    socket.once("timeout", () => finish(undefined));
  });
}

/** Of the first certificate of a PEM chain, the server's own. */
export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
