import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ClosingStack, fromSystemFailure, type PlaneStep, startEmbedded, writeDurably } from "@tenantry/embedded";
import { createTenantry, isTenantryError, NAMESPACES, type Transport } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import type { Logger } from "pino";
import { DEFAULT_HOST, DEFAULT_PORT, type Gateway, startGateway } from "../../server.js";
import { createControlPlaneProbe } from "../control-plane-probe.js";
import { developmentAuth } from "./development-auth.js";
import { openIssuer } from "./open-issuer.js";
import { DEVELOPMENT_NAMESPACES, type ReadyLine } from "./ready-message.js";

export interface StartDevelopmentOptions {
  readonly directory: string;
  /** Of the gateway. Absent: that of the last time, else {@link DEFAULT_PORT}, else any free one. */
  readonly port?: number | undefined;
  readonly warm: number;
  readonly logger: Logger;
  /** Ends the start. */
  readonly signal: AbortSignal;
  readonly onStep: (step: DevelopmentStep) => void;
}

export type DevelopmentStep = PlaneStep | "gateway";

export interface Development {
  readonly ready: ReadyLine;
  /** What did not go as asked and does no harm. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

const TOKEN_SECONDS = 7 * 24 * 60 * 60;
const ROLE = "namespace-admin";

/** Starts the plane, the issuer and the gateway on one directory. A failure in any step stops what was started before it. */
export async function startDevelopment(options: StartDevelopmentOptions): Promise<Development> {
  const closing = new ClosingStack();
  try {
    return await start(options, closing);
  } catch (error) {
    await closing.close().catch((err: unknown) => options.logger.warn({ err }, "something did not stop"));
    throw fromSystemFailure(error, options.directory);
  }
}

async function start(options: StartDevelopmentOptions, closing: ClosingStack): Promise<Development> {
  const { warm, logger, signal, onStep } = options;
  const plane = await startEmbedded({ directory: options.directory, warm, logger, signal, onStep });
  closing.push(() => plane.close());
  const { transport, directory, kubeconfig } = plane;

  signal.throwIfAborted();
  onStep("gateway");
  await Promise.all(DEVELOPMENT_NAMESPACES.map((name) => ensureNamespace(transport, name)));
  const { issuer, served, close } = await openIssuer(directory);
  closing.push(close);
  const urlFile = join(directory, "gateway.url");
  const clusters = cloudNativePg();
  const listen = (port: number): Promise<Gateway> =>
    startGateway({
      tenantry: createTenantry({ transport, providers: { clusters } }),
      auth: developmentAuth(issuer),
      host: DEFAULT_HOST,
      port,
      introspection: true,
      ready: createControlPlaneProbe(transport, clusters.resource),
      logger,
    });
  const gateway =
    options.port === undefined
      ? await listenAgain(listen, (await readPort(urlFile)) ?? DEFAULT_PORT)
      : await listen(options.port);
  closing.push(() => gateway.close());
  await writeDurably(urlFile, `${gateway.url}\n`);
  signal.throwIfAborted();

  const tokens = await Promise.all(
    DEVELOPMENT_NAMESPACES.map(async (namespace) => {
      const claims = { subject: `dev@${namespace}`, namespaces: { [namespace]: [ROLE] }, account: [] };
      return [namespace, await issuer.mint({ ...claims, ttlSeconds: TOKEN_SECONDS })] as const;
    }),
  );
  return {
    ready: {
      url: gateway.url,
      kubeconfig,
      issuer: issuer.url,
      tokens: Object.fromEntries(tokens) as ReadyLine["tokens"],
      directory,
    },
    notes: served
      ? []
      : [`another program has the port of ${issuer.url}, so it serves no keys; tokens are valid all the same`],
    close: () => closing.close(),
  };
}

async function ensureNamespace(transport: Transport, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  try {
    await transport.send({ verb: "create", resource: NAMESPACES, body });
  } catch (error) {
    if (!isTenantryError(error) || error.code !== "already_exists") throw error;
  }
}

async function readPort(path: string): Promise<number | undefined> {
  const url = (await readFile(path, "utf8").catch(() => "")).trim();
  const port = URL.canParse(url) ? Number(new URL(url).port) : 0;
  return port > 0 ? port : undefined;
}

/** At the wished port, or at any when something else has it. */
async function listenAgain(listen: (port: number) => Promise<Gateway>, wished: number): Promise<Gateway> {
  try {
    return await listen(wished);
  } catch (error) {
    if (!isTenantryError(error) || error.reason !== "AddressInUse") throw error;
    return listen(0);
  }
}
