import { post } from "../support/graphql-client.js";

export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
  readonly password: string;
  readonly caCertificate: string;
}

export async function createCluster(url: string, token: string, name: string): Promise<string> {
  const input = `{ namespace: "team-a", name: "${name}", storage: { size: "1Gi" } }`;
  const mutation = `mutation { createCluster(input: ${input}) { operation { id } } }`;
  const { data, text } = await post<{ createCluster: { operation: { id: string } } | null }>(url, token, mutation);
  if (!data?.createCluster) throw new Error(`createCluster was refused: ${text}`);
  return data.createCluster.operation.id;
}

/** Follows the operation over server-sent events to its end, and returns its last phase. */
export async function awaitOperation(url: string, token: string, id: string): Promise<string> {
  const query = `subscription { operationProgress(id: ${JSON.stringify(id)}) { phase } }`;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query }),
  });
  const stream = await response.text(); // the gateway ends it with the operation
  const phases = [...stream.matchAll(/"phase":"(\w+)"/g)].map(([, phase]) => phase);
  return phases.at(-1) ?? `no phase in the stream: ${stream}`;
}

export async function revealCredentials(url: string, token: string, name: string): Promise<Credentials> {
  const fields = "host port database role password caCertificate";
  const query = `{ connectionCredentials(namespace: "team-a", name: "${name}") { ${fields} } }`;
  const { data, text } = await post<{ connectionCredentials: Credentials | null }>(url, token, query);
  if (!data?.connectionCredentials) throw new Error(`not revealed: ${text}`);
  return data.connectionCredentials;
}
