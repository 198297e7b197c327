import { createCertificateAuthority, issueCertificate } from "@tenantry/embedded";
import { createClusterAndQuery } from "./create-cluster.js";
import type { Figure, OpenFigure } from "./figure.js";
import { initdbAndStart } from "./initdb-and-start.js";

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
