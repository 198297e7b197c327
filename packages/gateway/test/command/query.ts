import { Client } from "pg";
import type { Credentials } from "./team-a.js";

/** One statement over a connection of its own, as `sslmode=verify-full` has it: authority and host name are checked. */
export async function query(
  { host, port, database, role, password, caCertificate }: Credentials,
  statement: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ host, port, database, user: role, password, ssl: { ca: caCertificate } });
  await client.connect();
  try {
    return (await client.query(statement)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** Why PostgreSQL refuses the same without TLS, or undefined when it does not. */
export async function refusalWithoutTls(credentials: Credentials): Promise<string | undefined> {
  const { host, port, database, role, password } = credentials;
  const client = new Client({ host, port, database, user: role, password, ssl: false });
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
