import { createTenantry, defineRoles, isTenantryError, retry, TenantryError } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { createKubeconfigTransport, type KubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import type { Configuration } from "../../configuration/configuration.js";
import { ConfigurationError } from "../../configuration/configuration-error.js";
import { readConfiguration } from "../../configuration/read-configuration.js";
import { createLogger } from "../../logging/logger.js";
import { DEFAULT_HOST, DEFAULT_PORT, type Gateway, startGateway } from "../../server.js";
import { createControlPlaneProbe } from "../control-plane-probe.js";
import type { ServeFlags } from "../program.js";
import { listenForShutdown } from "../shutdown.js";

/** Errors that name a setting as the part that refused it calls it, and what the file calls it. */
const SETTINGS: Readonly<Record<string, string>> = {
  kubeconfig: "kubernetes.kubeconfig",
  context: "kubernetes.context",
  host: "listen.host",
  port: "listen.port",
};

/** `tenantry serve`: the gateway over the cluster of a kubeconfig, until it is asked to stop. */
export async function runServer({ config }: ServeFlags, { verbose }: { readonly verbose: boolean }): Promise<void> {
  const configuration = await readConfiguration(config);
  const logger = createLogger({ level: verbose ? "debug" : "info" });
  const shutdown = listenForShutdown({ onRequest: () => logger.info("stopping; a second signal ends it at once") });
  try {
    const { transport, gateway } = await start(configuration, logger).catch((error: unknown) => {
      throw toConfigurationError(config, error);
    });
    logger.info({ url: gateway.url }, "ready");
    await shutdown.requested;
    await gateway.close();
    transport.close();
    logger.info("stopped");
  } finally {
    shutdown.dispose();
  }
}

async function start(
  configuration: Configuration,
  logger: ReturnType<typeof createLogger>,
): Promise<{ transport: KubeconfigTransport; gateway: Gateway }> {
  const { listen, kubernetes, auth, roles, limits, introspection, cors } = configuration;
  const transport = await createKubeconfigTransport({ ...kubernetes });
  const onRetry = (err: Error): void => logger.warn({ err }, "a call to the API server failed; it is repeated");
  try {
    const clusters = cloudNativePg();
    const tenantry = createTenantry({
      transport: retry({ onRetry })(transport),
      providers: { clusters },
      roles: defineRoles(roles),
    });
    const { host = DEFAULT_HOST, port = DEFAULT_PORT } = listen ?? {};
    const ready = createControlPlaneProbe(transport, clusters.resource);
    const options = { tenantry, auth, limits, introspection, cors, host, port, ready, logger };
    return { transport, gateway: await startGateway(options) };
  } catch (error) {
    transport.close();
    throw error;
  }
}

/** What a part says of its own settings, in the file's words; anything else unchanged. */
function toConfigurationError(file: string, error: unknown): unknown {
  if (!isTenantryError(error)) return error;
  if (error.reason === "AddressInUse") {
    // The part speaks of the option of `tenantry dev`.
    const message = `${file}: listen.port: the port is in use; stop what uses it or choose another`;
    return new TenantryError(error.code, message, { reason: error.reason, cause: error });
  }
  if (error.violations.length === 0) return error;
  return new ConfigurationError(
    file,
    error.violations.map(({ field, message }) => ({ setting: SETTINGS[field] ?? field, message })),
  );
}
