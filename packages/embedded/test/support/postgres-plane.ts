import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { onTestFinished } from "vitest";
import { createProcessRuntime, type ProcessRuntimeOptions } from "../../src/postgres/process/create-process-runtime.js";
import { removeTree } from "../../src/postgres/process/remove-tree.js";
import type { DesiredServer, PostgresRuntime, RunningServer } from "../../src/postgres/runtime.js";
import { type CertificateAndKey, createCertificateAuthority } from "../../src/tls/certificate-authority.js";
import { issueCertificate } from "../../src/tls/issue-certificate.js";
import { queryOnce } from "./query-once.js";

/** Programs and template, kept between test runs: making them takes a second. */
export const TEST_CACHE = join(tmpdir(), `tenantry-test-cache-${process.getuid?.() ?? 0}`);
export const OWNER_PASSWORD = "correct horse battery staple";

let authority: Promise<CertificateAndKey> | undefined;

export function testAuthority(): Promise<CertificateAndKey> {
  authority ??= createCertificateAuthority({ commonName: "test authority", days: 2 });
  return authority;
}

export async function testCertificate(): Promise<CertificateAndKey> {
  const options = { commonName: "localhost", days: 1, usages: ["server"], ipAddresses: ["127.0.0.1"] } as const;
  return issueCertificate(await testAuthority(), options);
}

/** An empty directory, gone after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-"));
  onTestFinished(() => removeTree(directory));
  return directory;
}

/** A runtime that is closed, and its directory removed, after the test. */
export async function openRuntime(
  options: Partial<ProcessRuntimeOptions> = {},
): Promise<{ readonly runtime: PostgresRuntime; readonly directory: string }> {
  const directory = options.directory ?? (await temporaryDirectory());
  const runtime = await createProcessRuntime({ cacheDirectory: TEST_CACHE, ...options, directory });
  onTestFinished(() => runtime.close());
  return { runtime, directory };
}

export async function desiredServer(change: Partial<DesiredServer> = {}): Promise<DesiredServer> {
  const [{ certificate: clientCa }, server] = await Promise.all([testAuthority(), testCertificate()]);
  return {
    bootstrap: { database: "shop", owner: "alice" },
    parameters: {},
    hba: ["hostssl all all all scram-sha-256"],
    tls: { ...server, clientCa },
    passwords: { alice: OWNER_PASSWORD },
    ...change,
  };
}

/** Connects as a client would, `sslmode=verify-full`, runs one query and leaves. */
export async function query<T extends pg.QueryResultRow>(
  server: Pick<RunningServer, "host" | "port">,
  sql: string,
  change: pg.ClientConfig = {},
): Promise<readonly T[]> {
  const config = {
    host: server.host,
    port: server.port,
    user: "alice",
    database: "shop",
    password: OWNER_PASSWORD,
    ssl: { ca: (await testAuthority()).certificate },
    ...change,
  };
  return queryOnce<T>(config, sql);
}
