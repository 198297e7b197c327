import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "@tenantry/embedded";
import { createTenantry, NAMESPACES, type Principal } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import pg from "pg";

const alice: Principal = {
  subject: { kind: "user", issuer: "", name: "alice" },
  namespaces: new Map([["team-a", ["namespace-admin"]]]),
  account: [],
};

const directory = await mkdtemp(join(tmpdir(), "first-database-"));
const plane = await startEmbedded({ directory, https: false });
try {
  // An administrator's work, done once a tenant: Tenantry hands out databases in namespaces that exist.
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "team-a" } };
  await plane.transport.send({ verb: "create", resource: NAMESPACES, body: namespace });

  const tenantry = createTenantry({ transport: plane.transport, providers: { clusters: cloudNativePg() } });
  const { clusters } = tenantry.as(alice).namespace("team-a");
  const handle = await clusters.create("orders", { storage: { size: "1Gi" } }, { idempotencyKey: "first-database" });
  const cluster = await handle.ready({ signal: AbortSignal.timeout(120_000) });
  process.stdout.write(`${cluster.name} runs PostgreSQL ${cluster.postgresVersion}\n`);

  const { host, port, database, role, password, caCertificate } = await clusters.revealCredentials("orders");
  // sslmode=verify-full in libpq's words: the certificate is checked against the cluster's own authority and against the host.
  const client = new pg.Client({ host, port, database, user: role, password, ssl: { ca: caCertificate, host } });
  await client.connect();
  await client.query("CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item text NOT NULL)");
  await client.query("INSERT INTO orders (item) VALUES ($1)", ["a book"]);
  const { rows } = await client.query<{ id: string; item: string; version: string }>(
    "SELECT id, item, version FROM orders, pg_stat_ssl WHERE pid = pg_backend_pid()",
  );
  for (const { id, item, version } of rows) process.stdout.write(`order ${id}: ${item} (read over ${version})\n`);
  await client.end();
} finally {
  await plane.close();
  await rm(directory, { recursive: true, force: true });
}
