import type { useGateway } from "./use-gateway.js";

export const PROGRESS = `subscription ($id: ID!) { operationProgress(id: $id) { phase steps { name state } } }`;
export const CREATE = `mutation ($name: String!) {
  createCluster(input: { namespace: "team-a", name: $name, storage: { size: "1Gi" } }) { operation { id } }
}`;

/** Asks for `orders` in team-a. Gives the id of the operation, whose progress can be followed. */
export async function createCluster({ ask }: Pick<ReturnType<typeof useGateway>, "ask">): Promise<string> {
  const answer = await ask<{ createCluster: { operation: { id: string } } }>(CREATE, { name: "orders" });
  return answer.data.createCluster.operation.id;
}
