import { isTenantryError } from "@tenantry/sdk";
import type { ApiServer } from "../apiserver/api-server.js";
import { staticTokens } from "../apiserver/http/bearer-token.js";
import { DEFAULT_HOST, type HttpsFace, serveHttps } from "../apiserver/http/serve-https.js";
import { writeDurably } from "../postgres/process/durable-file.js";
import { formatKubeconfig, readKubeconfigPort } from "./kubeconfig.js";
import { keepPlaneCredentials } from "./plane-credentials.js";
import type { PlaneDirectory } from "./plane-directory.js";
import type { PlaneLogger } from "./plane-logger.js";

export interface ServePlaneOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly logger?: PlaneLogger | undefined;
}

/** Source: the group that every administrator of Kubernetes' own making is in. */
const ADMINISTRATOR = { username: "tenantry:administrator", groups: ["system:masters", "system:authenticated"] };

/** Serves the API over HTTPS to the one who holds the kubeconfig, and writes that. Its address stays the same if it can. */
export async function servePlane(
  apiServer: ApiServer,
  directory: PlaneDirectory,
  { host = DEFAULT_HOST, port, logger }: ServePlaneOptions,
): Promise<HttpsFace> {
  const hosts = [...new Set([host, "127.0.0.1", "::1", "localhost"])];
  const credentials = await keepPlaneCredentials(directory.pki, { hosts });
  const listen = (wanted: number): Promise<HttpsFace> =>
    serveHttps(apiServer, {
      host,
      port: wanted,
      ...credentials.serving,
      authenticate: staticTokens([[credentials.token, ADMINISTRATOR]]),
      onPanic: (error, request) =>
        logger?.error({ err: error, ...request }, "a request to the API server failed unexpectedly"),
    });
  const face =
    port === undefined ? await listenAgain(listen, await readKubeconfigPort(directory.kubeconfig)) : await listen(port);
  try {
    const { certificateAuthority, token } = credentials;
    await writeDurably(directory.kubeconfig, formatKubeconfig({ url: face.url, certificateAuthority, token }));
    return face;
  } catch (error) {
    await face.close();
    throw error;
  }
}

/** At the port of the last time, or at any when something else has it by now. */
async function listenAgain(listen: (port: number) => Promise<HttpsFace>, last = 0): Promise<HttpsFace> {
  try {
    return await listen(last);
  } catch (error) {
    if (last === 0 || !isTenantryError(error)) throw error;
    return listen(0);
  }
}
