import { once } from "node:events";
import { createServer } from "node:net";
import { LOOPBACK } from "./configuration.js";

/** `wanted` if nobody listens there, or else one that the system says is free. Another may take it before it is used: try again then. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await probe(wanted)) !== undefined) return wanted;
  const port = await probe(0);
  if (port === undefined) throw new Error("the system has no free port");
  return port;
}

async function probe(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: LOOPBACK, exclusive: true });
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
