export interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** What curl does with the command that is printed. */
export async function graphqlCall(url: string, token: string, query: string): Promise<GraphqlAnswer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as GraphqlAnswer;
}

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
  const answer = await graphqlCall(url, token, `mutation { createCluster(input: ${input}) { operation { id } } }`);
  const created = answer.data?.createCluster as { operation: { id: string } } | null | undefined;
  if (!created) throw new Error(`createCluster was refused: ${JSON.stringify(answer.errors)}`);
  return created.operation.id;
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
  const answer = await graphqlCall(
    url,
    token,
    `{ connectionCredentials(namespace: "team-a", name: "${name}") { ${fields} } }`,
  );
  if (!answer.data?.connectionCredentials) throw new Error(`not revealed: ${JSON.stringify(answer.errors)}`);
  return answer.data.connectionCredentials as Credentials;
}
