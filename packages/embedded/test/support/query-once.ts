import pg from "pg";

/** Connects, runs one query and leaves. */
export async function queryOnce<T extends pg.QueryResultRow>(
  config: pg.ClientConfig,
  sql: string,
): Promise<readonly T[]> {
  const client = new pg.Client(config);
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
