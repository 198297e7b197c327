import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "@tenantry/embedded";
import { startGateway } from "@tenantry/gateway";
import { createTenantry, NAMESPACES } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { createClient } from "graphql-sse";
import pino from "pino";
import { developmentAuth } from "../packages/gateway/src/bin/dev/development-auth.js";
import { openIssuer } from "../packages/gateway/src/bin/dev/open-issuer.js";
import { connectAndQuery } from "./connect-and-query.js";
import type { Side } from "./figure.js";

const NAMESPACE = "team-a";
const NAME = "bench";

const CREATE = `mutation ($input: CreateClusterInput!) { createCluster(input: $input) { operation { id } } }`;
const PROGRESS = `subscription ($id: ID!) { operationProgress(id: $id) { phase steps { name state message } } }`;
const REVEAL = `query ($namespace: String!, $name: String!) {
  connectionCredentials(namespace: $namespace, name: $name) { host port database role password caCertificate }
}`;
const DELETE = `mutation ($input: DeleteClusterInput!) { deleteCluster(input: $input) { operation { id } } }`;

interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
  readonly password: string;
  readonly caCertificate: string;
}

/**
 * The whole way that a tenant goes, as `tenantry dev` serves it: the mutation over HTTP, the end of the operation over server-sent events, the
 * credentials, and the first query over TLS 1.3.
 */
export async function createClusterAndQuery(warm: number): Promise<{ readonly side: Side; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-bench-"));
  const plane = await startEmbedded({ directory, https: false });
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
  await plane.transport.send({ verb: "create", resource: NAMESPACES, body });
  const { issuer, close: closeIssuer } = await openIssuer(directory);
  const gateway = await startGateway({
    tenantry: createTenantry({ transport: plane.transport, providers: { clusters: cloudNativePg() } }),
    auth: developmentAuth(issuer),
    port: 0,
    logger: pino({ enabled: false }),
  });
  const token = await issuer.mint({
    subject: "bench",
    namespaces: { [NAMESPACE]: ["namespace-admin"] },
    account: [],
    ttlSeconds: 3600,
  });
  const headers = { authorization: `Bearer ${token}` };
  const events = createClient({ url: gateway.url, headers, retryAttempts: 0 });

  async function ask<T>(query: string, variables: object): Promise<T> {
    const response = await fetch(gateway.url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: readonly { message: string }[] };
    if (data === undefined || errors !== undefined) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
    return data;
  }

  async function finish(id: string): Promise<void> {
    let phase = "";
    for await (const { data, errors } of events.iterate<{ operationProgress: { phase: string } }>({
      query: PROGRESS,
      variables: { id },
    })) {
      phase = data?.operationProgress.phase ?? errors?.[0]?.message ?? "";
    }
    if (phase !== "SUCCEEDED") throw new Error(`the operation ended with ${phase}`);
  }

  const side: Side = {
    // The copies are whole and their making over before the clock starts; none is made while it runs.
    prepare: async () => {
      await plane.warm(warm);
      await plane.warm(0);
    },
    run: async () => {
      const input = { namespace: NAMESPACE, name: NAME, storage: { size: "1Gi" } };
      const { createCluster } = await ask<{ createCluster: { operation: { id: string } } }>(CREATE, { input });
      await finish(createCluster.operation.id);
      const variables = { namespace: NAMESPACE, name: NAME };
      const { connectionCredentials } = await ask<{ connectionCredentials: Credentials }>(REVEAL, variables);
      const { role: user, caCertificate: ca, ...rest } = connectionCredentials;
      await connectAndQuery({ ...rest, user, ca });
    },
    clear: async () => {
      const input = { namespace: NAMESPACE, name: NAME };
      const { deleteCluster } = await ask<{ deleteCluster: { operation: { id: string } } }>(DELETE, { input });
      await finish(deleteCluster.operation.id);
    },
  };
  return {
    side,
    async close() {
      events.dispose();
      await gateway.close();
      await closeIssuer();
      await plane.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
