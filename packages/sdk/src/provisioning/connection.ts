/** How to reach a cluster's primary. No password: that is {@link ConnectionCredentials}, and a permission of its own. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
  /** libpq's strictest: the certificate is checked against {@link caCertificate} and {@link host}. */
  readonly sslmode: "verify-full";
  /** The server's certificate authority, PEM. libpq's `sslrootcert`, `ssl.ca` of node-postgres. */
  readonly caCertificate: string;
}

/** A connection with what opens it. Keep it out of logs. */
export interface ConnectionCredentials extends Connection {
  readonly password: string;
}
