/** What the gateway answered with: it was reached, and it refused. */
export class GatewayRefusal extends Error {
  override readonly name = "GatewayRefusal";
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
  readonly password: string;
  readonly caCertificate: string;
}

export interface ListedCluster {
  readonly name: string;
  readonly ready: boolean;
  readonly phase: string;
}

/** Speaks GraphQL to one gateway as one tenant. A call that rejects with anything but a {@link GatewayRefusal} was not answered. */
export interface GatewayClient {
  createCluster(name: string, idempotencyKey: string): Promise<void>;
  deleteCluster(name: string): Promise<void>;
  clusters(): Promise<readonly ListedCluster[]>;
  credentials(name: string): Promise<Credentials>;
}

const CREATE = `mutation ($input: CreateClusterInput!) { createCluster(input: $input) { operation { id } } }`;
const DELETE = `mutation ($input: DeleteClusterInput!) { deleteCluster(input: $input) { operation { id } } }`;
const LIST = `query ($namespace: String!) {
  clusters(namespace: $namespace, first: 50) { edges { node { name ready phase } } }
}`;
const REVEAL = `query ($namespace: String!, $name: String!) {
  connectionCredentials(namespace: $namespace, name: $name) { host port database role password caCertificate }
}`;

export function createGatewayClient(url: string, token: string, namespace: string): GatewayClient {
  async function ask<T>(query: string, variables: object): Promise<T> {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    });
    const { data, errors } = (await response.json()) as {
      data?: T;
      errors?: readonly { message: string; extensions?: { code?: string } }[];
    };
    const [error] = errors ?? [];
    if (error !== undefined) throw new GatewayRefusal(error.extensions?.code ?? "UNKNOWN", error.message);
    if (data === undefined) throw new GatewayRefusal("UNKNOWN", `HTTP ${response.status} without data`);
    return data;
  }
  return {
    async createCluster(name, idempotencyKey) {
      await ask(CREATE, { input: { namespace, name, idempotencyKey, storage: { size: "1Gi" } } });
    },
    async deleteCluster(name) {
      await ask(DELETE, { input: { namespace, name } });
    },
    async clusters() {
      const { clusters } = await ask<{ clusters: { edges: { node: ListedCluster }[] } }>(LIST, { namespace });
      return clusters.edges.map(({ node }) => node);
    },
    async credentials(name) {
      return (await ask<{ connectionCredentials: Credentials }>(REVEAL, { namespace, name })).connectionCredentials;
    },
  };
}
