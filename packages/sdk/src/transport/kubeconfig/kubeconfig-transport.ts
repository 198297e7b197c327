import type { IncomingMessage } from "node:http";
import { invalidArgument, isTenantryError, TenantryError } from "../../errors/tenantry-error.js";
import { abortOnReturn } from "../../kubernetes/abort-on-return.js";
import { orAbort, startDeadline } from "../../kubernetes/deadline.js";
import type { KubernetesObject } from "../../kubernetes/object.js";
import type { Transport, TransportRequest, WatchEvent, WatchRequest } from "../transport.js";
import { connectionError } from "./connection-error.js";
import { CredentialSource } from "./credentials.js";
import { type KubeCluster, loadKubeConfig } from "./kube-config.js";
import { type Endpoint, openAnswer } from "./open-answer.js";
import { readAnswer } from "./read-answer.js";
import { readLines, readWatchEvent } from "./read-watch.js";
import { type HttpRequest, toHttpRequest, toWatchHttpRequest } from "./to-http-request.js";
import { readWarnings } from "./warning-header.js";

/** What the API server gives itself for one request. Source: apiserver pkg/server/config.go, RequestTimeout. */
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
/** Asked for when the caller names none, because it is also how long a dead peer goes unnoticed. */
const DEFAULT_WATCH_SECONDS = 600;
/** What a watch may take longer than the server was asked for, before its peer counts as dead. */
const WATCH_MARGIN_MS = 30_000;

export interface KubeconfigTransportOptions {
  /** Path of the file. Absent: `KUBECONFIG`, `~/.kube/config`, the service account of the pod, in this order. */
  readonly kubeconfig?: string | undefined;
  /** The file's current context when absent. */
  readonly context?: string | undefined;
  /** What the audit log shows. Its first word owns the fields of writes without a `fieldManager`. `tenantry` when absent. */
  readonly userAgent?: string | undefined;
  /** From the call to the end of its answer; for a watch to the answer's head. {@link DEFAULT_TIMEOUT_MS} when absent. */
  readonly timeoutMs?: number | undefined;
  /** {@link DEFAULT_CONNECT_TIMEOUT_MS} when absent. */
  readonly connectTimeoutMs?: number | undefined;
  /** {@link WATCH_MARGIN_MS} when absent. */
  readonly watchMarginMs?: number | undefined;
}

export interface KubeconfigTransport extends Transport {
  /** Closes idle connections. Open calls and watches go on. */
  close(): void;
}

/**
 * Speaks to the API server that a kubeconfig names. Files, contexts, credential plugins, OIDC, service accounts, proxies and
 * certificate authorities are the official client's work (peer `@kubernetes/client-node`); requests and watches go over one pool of
 * kept-alive connections.
 *
 * `unavailable` carries the reason `NotConnected` when the request certainly never reached the server.
 * @throws TenantryError `invalid_argument` for a kubeconfig or context that is not there or wrong.
 */
export async function createKubeconfigTransport(
  options: KubeconfigTransportOptions = {},
): Promise<KubeconfigTransport> {
  const source = { kubeconfig: options.kubeconfig, context: options.context };
  const loaded = await loadKubeConfig(source);
  const endpoint: Endpoint = {
    server: serverOf(loaded.cluster),
    userAgent: options.userAgent ?? "tenantry",
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
  };
  const { host } = endpoint.server;
  const credentials = new CredentialSource(source, loaded);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const watchMarginMs = options.watchMarginMs ?? WATCH_MARGIN_MS;

  /** Once more after a 401 with new credentials, since a refused request did nothing. */
  async function open(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const first = await orAbort(credentials.current(), signal);
    const answer = await openAnswer(endpoint, request, first, signal);
    if (answer.statusCode !== 401) return answer;
    const renewed = await orAbort(credentials.refresh(first), signal);
    if (renewed === undefined) return answer;
    answer.resume();
    return await openAnswer(endpoint, request, renewed, signal);
  }

  return {
    async send<T>(request: TransportRequest): Promise<T> {
      const httpRequest = toHttpRequest(request);
      const late = `API server ${host}: no whole answer within ${timeoutMs} ms`;
      const deadline = startDeadline(timeoutMs, request.signal, () => new TenantryError("deadline_exceeded", late));
      try {
        const answer = await open(httpRequest, deadline.signal);
        for (const warning of readWarnings(answer.headersDistinct.warning ?? [])) request.onWarning?.(warning);
        return (await readAnswer(host, answer, deadline.signal)) as T;
      } finally {
        deadline.stop();
      }
    },

    watch<T extends KubernetesObject>(request: WatchRequest): AsyncIterable<WatchEvent<T>> {
      return abortOnReturn(request.signal, (signal) => watch<T>(request, signal));
    },

    close() {
      credentials.close();
    },
  };

  async function* watch<T extends KubernetesObject>(
    request: WatchRequest,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    const { timeoutSeconds = DEFAULT_WATCH_SECONDS } = request;
    const httpRequest = toWatchHttpRequest({ ...request, timeoutSeconds });
    const late = `API server ${host}: the watch fell silent`;
    const deadline = startDeadline(timeoutMs, signal, () => new TenantryError("unavailable", late));
    try {
      const answer = await open(httpRequest, deadline.signal);
      if (answer.statusCode !== 200) await readAnswer(host, answer, deadline.signal);
      deadline.restart(timeoutSeconds * 1000 + watchMarginMs);
      for await (const line of readLines(answer)) yield readWatchEvent<T>(line);
    } catch (error) {
      if (deadline.signal.aborted) throw deadline.signal.reason;
      throw isTenantryError(error) ? error : connectionError(host, error, true);
    } finally {
      deadline.stop();
    }
  }
}

function serverOf({ name, server }: KubeCluster): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw invalidArgument("kubeconfig", `the server of cluster "${name}" is no https URL`);
}
