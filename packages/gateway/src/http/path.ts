import type { IncomingMessage } from "node:http";

/** Where GraphQL is spoken, over HTTP, WebSocket and server-sent events alike. */
export const GRAPHQL_PATH = "/graphql";

/** The path that was asked for, without the query. */
export function pathOf({ url = "" }: IncomingMessage): string {
  const end = url.indexOf("?");
  return end === -1 ? url : url.slice(0, end);
}
