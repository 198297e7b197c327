import { TenantryError } from "../../errors/tenantry-error.js";

/** Narrow `unavailable`: whether the request can have reached the server. Retrying a create is safe after the first alone. */
export const NOT_CONNECTED = "NotConnected";
const CONNECTION_LOST = "ConnectionLost";
/** The answer came, and is none. */
export const BROKEN_ANSWER = "BrokenAnswer";

/** Node's and OpenSSL's codes in words that say what to look at. Hosts are named, never a URL: it may hold a password. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: is the API server running, and is the kubeconfig's address right?",
  ENOTFOUND: "the host name does not resolve",
  EAI_AGAIN: "the host name could not be resolved just now",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ETIMEDOUT: "the connection timed out",
  ECONNRESET: "the connection was closed by the other side",
  EPIPE: "the connection was closed by the other side",
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet: compare the clocks",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is not signed by the kubeconfig's certificate authority",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is not signed by the kubeconfig's certificate authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate is not signed by the kubeconfig's certificate authority",
  UNABLE_TO_GET_ISSUER_CERT: "the server's certificate is not signed by the kubeconfig's certificate authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate is not signed by the kubeconfig's certificate authority",
  CERT_SIGNATURE_FAILURE: "the server's certificate is not signed by the kubeconfig's certificate authority",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the server's certificate is for another name: use an address it names, or set tls-server-name",
  ERR_SSL_WRONG_VERSION_NUMBER: "no TLS is spoken on that port",
  EPROTO: "the TLS handshake failed",
};

/** What becomes of a request that got no answer, or half of one. */
export function connectionError(host: string, error: unknown, connected: boolean): TenantryError {
  const code = codeOf(error);
  const explanation = EXPLANATIONS[code] ?? (code === "" ? "the connection failed" : `the connection failed (${code})`);
  return new TenantryError("unavailable", `API server ${host}: ${explanation}`, {
    reason: connected ? CONNECTION_LOST : NOT_CONNECTED,
    cause: error,
  });
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  // Happy eyeballs: every address failed, and the last one says why as well as any.
  if (error instanceof AggregateError) return codeOf(error.errors.at(-1));
  return "";
}
