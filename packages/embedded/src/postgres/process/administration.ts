import { TenantryError } from "@tenantry/sdk";
import pg from "pg";
import { SUPERUSER } from "./configuration.js";
import type { InstanceFacts } from "./instance.js";
import { TEMPLATE_DATABASE, TEMPLATE_OWNER } from "./template.js";

/** Where a server's private socket is. */
export interface AdministrationAddress {
  readonly sockets: string;
  readonly port: number;
}

export interface ServerIdentity {
  readonly dataDirectory: string;
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly startedAt: Date;
}

/**
 * For the session: names resolve to PostgreSQL's own whatever a tenant has made, and nothing that it says is logged or shown, passwords
 * least of all.
 */
const SESSION_OPTIONS = [
  "search_path=pg_catalog",
  "statement_timeout=0",
  "lock_timeout=30s",
  "log_statement=none",
  "log_min_duration_statement=-1",
  "log_duration=off",
  "log_min_error_statement=panic",
  "log_min_messages=panic",
  "track_activities=off",
  "client_min_messages=warning",
  "default_transaction_read_only=off",
  "synchronous_commit=local",
]
  .map((setting) => `-c ${setting}`)
  .join(" ");

/** Runs `work` as superuser over the private socket, in the database `postgres` unless another is named. */
export async function administer<T>(
  address: AdministrationAddress,
  work: (client: pg.Client) => Promise<T>,
  database?: string,
): Promise<T> {
  const client = await openSession(address, database);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A superuser's session, to be ended by the caller. */
export async function openSession(
  { sockets, port }: AdministrationAddress,
  database: string = SUPERUSER,
): Promise<pg.Client> {
  const client = new pg.Client({
    host: sockets,
    port,
    user: SUPERUSER,
    database,
    options: SESSION_OPTIONS,
    application_name: "tenantry",
    connectionTimeoutMillis: 10_000,
  });
  // A server that dies under an idle session says so here; the query in flight, if any, rejects by itself.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

export async function readIdentity(client: pg.Client): Promise<ServerIdentity> {
  const { rows } = await client.query<{ directory: string; identifier: string; timeline: number; started: Date }>(
    `SELECT current_setting('data_directory') AS directory, system_identifier::text AS identifier,
            (pg_control_checkpoint()).timeline_id AS timeline, pg_postmaster_start_time() AS started
       FROM pg_control_system()`,
  );
  const [row] = rows;
  if (row === undefined) throw new TenantryError("internal", "pg_control_system() answered nothing");
  return {
    dataDirectory: row.directory,
    systemIdentifier: row.identifier,
    timeline: row.timeline,
    startedAt: row.started,
  };
}

/** When the postmaster read its configuration last, to the microsecond: a new session starts with what the postmaster knows. */
export async function loadTime(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ loaded: string }>("SELECT pg_conf_load_time()::text AS loaded");
  return rows[0]?.loaded ?? "";
}

/** Settings whose new value waits for a restart. */
export async function pendingRestart(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT name FROM pg_settings WHERE pending_restart ORDER BY name",
  );
  return rows.map(({ name }) => name);
}

/** The first line of `pg_hba.conf`, as it stands in the file, that PostgreSQL would refuse. */
export async function refusedHbaRule(
  client: pg.Client,
): Promise<{ readonly line: number; readonly error: string } | undefined> {
  const { rows } = await client.query<{ line: number; error: string }>(
    "SELECT line_number AS line, error FROM pg_hba_file_rules WHERE error IS NOT NULL ORDER BY line_number LIMIT 1",
  );
  return rows[0];
}

/** Gives the template's database and role the names asked for. Repeating it, also after half of it, is safe. */
export async function bootstrap(client: pg.Client, wanted: NonNullable<InstanceFacts["bootstrap"]>): Promise<void> {
  await renameRole(client, wanted.owner);
  await renameDatabase(client, wanted.database, wanted.owner);
}

async function renameRole(client: pg.Client, owner: string): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>("SELECT rolname FROM pg_roles WHERE rolname IN ($1, $2)", [
    owner,
    TEMPLATE_OWNER,
  ]);
  if (rows.some(({ rolname }) => rolname === owner)) return;
  await client.query(`ALTER ROLE ${pg.escapeIdentifier(TEMPLATE_OWNER)} RENAME TO ${pg.escapeIdentifier(owner)}`);
}

async function renameDatabase(client: pg.Client, database: string, owner: string): Promise<void> {
  const { rows } = await client.query<{ datname: string; owner: string }>(
    "SELECT datname, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname IN ($1, $2)",
    [database, TEMPLATE_DATABASE],
  );
  let found = rows.find(({ datname }) => datname === database);
  if (found === undefined) {
    found = rows[0];
    await client.query(
      `ALTER DATABASE ${pg.escapeIdentifier(TEMPLATE_DATABASE)} RENAME TO ${pg.escapeIdentifier(database)}`,
    );
  }
  if (found?.owner !== owner) {
    await client.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} OWNER TO ${pg.escapeIdentifier(owner)}`);
  }
}

/** Sets or takes away a role's password. The server makes the SCRAM verifier; see {@link SESSION_OPTIONS} for who sees the text. */
export async function setPassword(client: pg.Client, role: string, password: string | null): Promise<void> {
  const text = password === null ? "NULL" : pg.escapeLiteral(password);
  try {
    await client.query(`ALTER ROLE ${pg.escapeIdentifier(role)} PASSWORD ${text}`);
  } catch (error) {
    // No cause: the driver's error may carry the statement.
    const reason = error instanceof pg.DatabaseError ? (error.code ?? "") : "";
    const absent = reason === "42704";
    throw new TenantryError(
      absent ? "invalid_argument" : "internal",
      absent ? `passwords: there is no role "${role}"` : `the password of role "${role}" was not changed (${reason})`,
      absent ? { violations: [{ field: `passwords.${role}`, message: "there is no such role" }] } : {},
    );
  }
}
