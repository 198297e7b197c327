export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** `*` for the superuser, who may enter any. */
  readonly database: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * The eleven keys of a generated credentials Secret. Host and port are the ones that work from this machine, in the fully qualified forms
 * too: no DNS of a cluster answers here. Source: cloudnative-pg v1.30.0 pkg/specs/secrets.go.
 */
export function connectionKeys({ username, password, database }: Credentials, { host, port }: Address) {
  const at = `${host.includes(":") ? `[${host}]` : host}:${port}/${encodeURIComponent(database).replace("*", "%2A")}`;
  const uri = `postgresql://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${at}`;
  const jdbc = `jdbc:postgresql://${at}?password=${encodeURIComponent(password)}&user=${encodeURIComponent(username)}`;
  return {
    username,
    user: username,
    password,
    dbname: database,
    host,
    port: String(port),
    pgpass: `${[host, String(port), database, username, password].map(pgpassField).join(":")}\n`,
    uri,
    "jdbc-uri": jdbc,
    "fqdn-uri": uri,
    "fqdn-jdbc-uri": jdbc,
  };
}

/** Source: PostgreSQL documentation, "The Password File": a colon or backslash in a field is escaped with a backslash. */
function pgpassField(text: string): string {
  return text.replaceAll(/[\\:]/g, "\\$&");
}
