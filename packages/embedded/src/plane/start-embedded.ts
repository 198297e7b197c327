import type { Transport } from "@tenantry/sdk";
import { createApiServer } from "../apiserver/create-api-server.js";
import { DEFAULT_HOST } from "../apiserver/http/serve-https.js";
import { clusterAdmission } from "../operators/cloudnative-pg/cluster-admission.js";
import { CLUSTER_CRD } from "../operators/cloudnative-pg/cluster-crd.js";
import { holdForRemoval } from "../operators/cloudnative-pg/hold-for-removal.js";
import { startCloudNativePgOperator } from "../operators/cloudnative-pg/start-cloud-native-pg-operator.js";
import { createProcessRuntime, type ProcessRuntimeOptions } from "../postgres/process/create-process-runtime.js";
import { fromSystemFailure } from "../postgres/process/system-failure.js";
import { ClosingStack } from "./closing-stack.js";
import { installDefinition } from "./install-definition.js";
import { openLockedStore } from "./instance-lock.js";
import { openPlaneDirectory } from "./plane-directory.js";
import type { PlaneLogger } from "./plane-logger.js";
import { servePlane } from "./serve-plane.js";

export interface StartEmbeddedOptions {
  /** Where everything is kept; made if it is missing. The same directory resumes: same objects, same data, same kubeconfig. */
  readonly directory: string;
  /** Whether to serve the API over HTTPS and to write a kubeconfig. True when absent; a program that only needs `transport` can do without. */
  readonly https?: boolean | undefined;
  /** Address of the API server. {@link DEFAULT_HOST}, this machine alone, when absent. */
  readonly host?: string | undefined;
  /** Port of the API server. Absent: that of the last time where it is free, or any other. */
  readonly port?: number | undefined;
  readonly postgres?: Pick<ProcessRuntimeOptions, "cacheDirectory" | "runAs" | "startTimeoutMs"> | undefined;
  /** Data directories to copy ahead, so that new clusters start at once. 0 when absent. */
  readonly warm?: number | undefined;
  readonly logger?: PlaneLogger | undefined;
  /** Ends the start; what was started by then is stopped. Has no effect once the plane runs. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a step begins, to show it to a person. */
  readonly onStep?: ((step: PlaneStep) => void) | undefined;
}

export type PlaneStep = "store" | "postgresql" | "apiServer" | "operator";

export interface InProcessPlane {
  /** The API server, for this process: no sockets. */
  readonly transport: Transport;
  readonly directory: string;
  /** Copies data directories ahead until `count` are there, and keeps that many from now on. Resolves once they are. */
  warm(count: number): Promise<void>;
  /** Stops the API over HTTPS, the operator and the servers, in this order. The data stays. Safe to call twice. */
  close(): Promise<void>;
}

export interface EmbeddedPlane extends InProcessPlane {
  /** The same API server, over HTTPS. */
  readonly url: string;
  /** Path of the file that `kubectl --kubeconfig` takes. It holds the administrator's token. */
  readonly kubeconfig: string;
}

/**
 * Runs a control plane with real PostgreSQL servers in this process, on one directory, and no other process on it beside this one.
 * A failure in any step stops what was started before it.
 *
 * Resolves when the API answers and the operator is at work; servers that belong to stored clusters come up in the background.
 * @throws TenantryError `permission_denied` (directory of someone else), `conflict` with reason `InUse` (another process is at work
 * there) or `AddressInUse` (the port asked for is taken), `resource_exhausted` (no space).
 */
export function startEmbedded(options: StartEmbeddedOptions & { readonly https: false }): Promise<InProcessPlane>;
export function startEmbedded(options: StartEmbeddedOptions & { readonly https?: true }): Promise<EmbeddedPlane>;
export async function startEmbedded(options: StartEmbeddedOptions): Promise<InProcessPlane | EmbeddedPlane> {
  const closing = new ClosingStack();
  try {
    return await start(options, closing);
  } catch (error) {
    // The failure that stopped the start is the one to tell.
    await closing.close().catch((cause: unknown) => {
      options.logger?.warn({ err: cause }, "something did not stop after a failed start");
    });
    throw fromSystemFailure(error, options.directory);
  }
}

async function start(options: StartEmbeddedOptions, closing: ClosingStack): Promise<InProcessPlane | EmbeddedPlane> {
  const { logger, signal, onStep = () => {}, warm = 0 } = options;
  const step = (name: PlaneStep): void => {
    signal?.throwIfAborted();
    onStep(name);
  };

  step("store");
  const directory = await openPlaneDirectory(options.directory);
  const store = await openLockedStore(directory);
  closing.push(() => store.close());

  step("postgresql");
  const runtime = await createProcessRuntime({ ...options.postgres, directory: directory.path, logger });
  closing.push(() => runtime.close());

  step("apiServer");
  const apiServer = await createApiServer({
    store,
    admissions: { "clusters.postgresql.cnpg.io": [clusterAdmission, holdForRemoval] },
  });
  closing.push(() => apiServer.close());
  const { transport } = apiServer;
  await installDefinition(transport, CLUSTER_CRD);

  step("operator");
  const operator = await startCloudNativePgOperator({ transport, runtime, logger });
  closing.push(() => operator.close());
  signal?.throwIfAborted();
  // Served last: by now the operator has taken back every "ready" of the last time, and nobody reads one of a server that is down.
  const face = options.https === false ? undefined : await servePlane(apiServer, directory, options);
  if (face !== undefined) closing.push(() => face.close());
  let stopping = false;
  closing.push(() => {
    stopping = true;
  });
  if (warm > 0) {
    runtime.warm(warm).catch((error: unknown) => {
      if (stopping) return; // half a copy is left behind, and removed at the next start
      logger?.warn({ err: error }, "no data directory could be prepared ahead; new clusters make their own");
    });
  }
  const plane: InProcessPlane = {
    transport,
    directory: directory.path,
    warm: (count) => runtime.warm(count),
    close: () => closing.close(),
  };
  return face === undefined ? plane : { ...plane, url: face.url, kubeconfig: directory.kubeconfig };
}
