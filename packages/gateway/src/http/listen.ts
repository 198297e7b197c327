import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { TenantryError } from "@tenantry/sdk";

const PROBLEMS: Readonly<Record<string, (host: string, port: number) => TenantryError>> = {
  EADDRINUSE: (_, port) =>
    new TenantryError("conflict", `port ${port} is in use; stop what uses it or choose another with --port`, {
      reason: "AddressInUse",
    }),
  EACCES: (_, port) =>
    new TenantryError(
      "permission_denied",
      `port ${port} may not be opened by this user; choose one above 1023 with --port`,
    ),
  EADDRNOTAVAIL: (host) => new TenantryError("invalid_argument", `host: "${host}" is no address of this machine`),
  ENOTFOUND: (host) => new TenantryError("invalid_argument", `host: "${host}" cannot be resolved`),
};

/**
 * @returns the port, which is news when 0 was asked for.
 * @throws TenantryError `conflict` with reason `AddressInUse`, `permission_denied` or `invalid_argument`.
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(PROBLEMS[error.code ?? ""]?.(host, port) ?? error);
    });
    server.listen({ host, port }, resolve);
  });
  server.removeAllListeners("error");
  return (server.address() as AddressInfo).port;
}
