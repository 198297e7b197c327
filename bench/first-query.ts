import { createCertificateAuthority, issueCertificate } from "@tenantry/embedded";
import pg from "pg";
import { createClusterAndQuery } from "./create-cluster.js";
import type { Figure, OpenFigure } from "./figure.js";
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

const TITLE = "createCluster by GraphQL to the first query over TLS 1.3 with SCRAM, against initdb and start";

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
  const authority = await createCertificateAuthority({ commonName: "bench", days: 1 });
  const usage = { commonName: "localhost", days: 1, usages: ["server"], ipAddresses: ["127.0.0.1"] } as const;
  const tls = { ...(await issueCertificate(authority, usage)), clientCa: authority.certificate };
  const ours = await createClusterAndQuery(warm);
  const theirs = await initdbAndStart({ tls, password: "a password of the bench" });
  return {
    ours: ours.side,
    theirs: theirs.side,
    close: async () => {
      await ours.close();
      await theirs.close();
    },
  };
}
