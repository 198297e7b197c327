import pg from "pg";

export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
  readonly ca: string;
}

/** `sslmode=verify-full`, SCRAM, one query. */
export async function connectAndQuery({ ca, ...config }: Credentials): Promise<void> {
  const client = new pg.Client({ ...config, ssl: { ca } });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>(
      "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    if (rows[0]?.version !== "TLSv1.3") throw new Error(`expected TLS 1.3, got ${rows[0]?.version}`);
  } finally {
    await client.end();
  }
}
