import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createProcessRuntime } from "../packages/embedded/src/postgres/process/create-process-runtime.js";
import type { DesiredServer, PostgresRuntime } from "../packages/embedded/src/postgres/runtime.js";
import { createCertificateAuthority } from "../packages/embedded/src/tls/certificate-authority.js";
import { issueCertificate } from "../packages/embedded/src/tls/issue-certificate.js";
import type { Figure, OpenFigure, Side } from "./figure.js";
import { initdbAndStart } from "./initdb-and-start.js";

export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
  readonly ca: string;
}

/** `sslmode=verify-full`, SCRAM, one query. */
export async function firstQuery({ ca, ...config }: Credentials): Promise<void> {
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

const TITLE = "from nothing to the first query over TLS 1.3 with SCRAM, against initdb and start";
const LOCALHOST = "127.0.0.1";
const PASSWORD = "a password of the bench";

export const coldFirstQuery: Figure = {
  name: "first-query-cold",
  title: `${TITLE}: template in the cache, nothing copied ahead`,
  better: "lower",
  floor: 0.5,
  goal: 0.25,
  rounds: 7,
  open: () => open(0),
};

export const warmFirstQuery: Figure = {
  name: "first-query-warm",
  title: `${TITLE}: a copy kept warm`,
  better: "lower",
  floor: 0.15,
  goal: 0.05,
  rounds: 7,
  open: () => open(1),
};

async function open(warm: number): Promise<OpenFigure> {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-bench-"));
  const authority = await createCertificateAuthority({ commonName: "bench", days: 1 });
  const usage = { commonName: "localhost", days: 1, usages: ["server"], ipAddresses: [LOCALHOST] } as const;
  const tls = { ...(await issueCertificate(authority, usage)), clientCa: authority.certificate };
  const runtime = await createProcessRuntime({ directory });
  const theirs = await initdbAndStart(runtime.version.full, { tls, password: PASSWORD });
  const desired: DesiredServer = {
    bootstrap: { database: "app", owner: "app" },
    parameters: {},
    hba: ["hostssl all all all scram-sha-256"],
    tls,
    passwords: { app: PASSWORD },
  };
  return {
    ours: ensureAndQuery(runtime, desired, warm),
    theirs: theirs.side,
    close: async () => {
      await runtime.close();
      await theirs.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function ensureAndQuery(runtime: PostgresRuntime, desired: DesiredServer, warm: number): Side {
  const id = "bench/first";
  return {
    // The copy is whole and its making over before the clock starts; nothing is refilled while it runs.
    prepare: async () => {
      await runtime.warm(warm);
      await runtime.warm(0);
    },
    run: async () => {
      const { host, port } = await runtime.ensure(id, desired);
      const { database, owner } = desired.bootstrap;
      await firstQuery({ host, port, database, user: owner, password: PASSWORD, ca: desired.tls.clientCa });
    },
    clear: () => runtime.remove(id),
  };
}
