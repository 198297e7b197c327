import type { Connection, TenantryClient } from "@tenantry/sdk";
import DataLoader from "dataloader";

export interface ConnectionKey {
  readonly namespace: string;
  readonly name: string;
}

export type ConnectionLoader = DataLoader<ConnectionKey, Connection, string>;

/** Reads each cluster's connection once a request, however often it is asked for. A failed one fails alone. */
export function createConnectionLoader(client: TenantryClient, signal: AbortSignal): ConnectionLoader {
  return new DataLoader<ConnectionKey, Connection, string>(
    (keys) => Promise.all(keys.map((key) => read(key).catch(toError))),
    { cacheKeyFn: ({ namespace, name }) => JSON.stringify([namespace, name]) },
  );

  async function read({ namespace, name }: ConnectionKey): Promise<Connection> {
    return client.namespace(namespace).clusters.connection(name, { signal });
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error("a loader was given something that is no error", { cause: error });
}
