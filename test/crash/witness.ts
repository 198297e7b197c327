import pg from "pg";
import type { Credentials } from "./gateway-client.js";

/** Opens a connection as an application would: TLS, the certificate checked against the address. */
async function connect(credentials: Credentials): Promise<pg.Client> {
  const { host, port, database, role, password, caCertificate } = credentials;
  const client = new pg.Client({
    host,
    port,
    database,
    user: role,
    password,
    ssl: { ca: caCertificate, rejectUnauthorized: true },
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  client.on("error", () => {}); // the next query reports it
  await client.connect();
  return client;
}

/** Remembers each row whose COMMIT was answered, and can say whether they are all there. */
export class Witness {
  readonly #acknowledged = new Set<number>();
  #next = 1;

  get rows(): number {
    return this.#acknowledged.size;
  }

  /** Writes rows, one transaction each, until `signal` aborts or the server goes away. */
  async write(credentials: Credentials, signal: AbortSignal): Promise<void> {
    let client: pg.Client | undefined;
    try {
      client = await connect(credentials);
      await client.query("create table if not exists witness (id bigint primary key)");
      while (!signal.aborted) {
        const id = this.#next++;
        await client.query("begin");
        await client.query("insert into witness values ($1)", [id]);
        await client.query("commit");
        this.#acknowledged.add(id);
      }
    } catch (error) {
      if (!signal.aborted && !isLostConnection(error)) throw error;
    } finally {
      await client?.end().catch(() => {});
    }
  }

  /** Rows that were acknowledged and cannot be read now. */
  async missing(credentials: Credentials): Promise<readonly number[]> {
    if (this.#acknowledged.size === 0) return [];
    const client = await connect(credentials);
    try {
      const { rows } = await client.query<{ id: string }>("select id from witness");
      const present = new Set(rows.map(({ id }) => Number(id)));
      return [...this.#acknowledged].filter((id) => !present.has(id));
    } finally {
      await client.end();
    }
  }
}

/** A server that was killed under a writer; everything else is a finding. */
function isLostConnection(error: unknown): boolean {
  const { code, message = "" } = error as { code?: string; message?: string };
  if (code !== undefined && /^(ECONNRESET|ECONNREFUSED|EPIPE|57P0\d|08\w{3})$/.test(code)) return true;
  return /terminated|closed|not queryable/i.test(message);
}
