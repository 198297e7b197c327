import type { KubeUser } from "./kube-config.js";

/** The `oidc` part of a kubeconfig's user, which the official client updates when it refreshes. */
export interface OidcTokens {
  "id-token"?: unknown;
  "refresh-token"?: unknown;
  "idp-issuer-url"?: unknown;
}

/** Undefined for who does not sign in with OIDC. */
export function oidcTokensOf({ authProvider }: KubeUser): OidcTokens | undefined {
  return authProvider?.name === "oidc" ? authProvider.config : undefined;
}

/**
 * The official client hands the issuer to a library that takes a `URL` alone, so no refresh ever succeeded: kubernetes-client/javascript
 * issue 2202, in 1.4.0 and 2.0.1.
 */
export function repairIssuer(user: KubeUser): void {
  const tokens = oidcTokensOf(user);
  const issuer = tokens?.["idp-issuer-url"];
  if (tokens !== undefined && typeof issuer === "string" && URL.canParse(issuer))
    tokens["idp-issuer-url"] = new URL(issuer);
}

/** Takes over the refresh token, which may have been replaced since the file was read, and the given id-token. */
export function carryTokens(from: KubeUser, to: KubeUser, idToken: unknown): void {
  const [known, read] = [oidcTokensOf(from), oidcTokensOf(to)];
  if (known?.["refresh-token"] === undefined || read === undefined) return;
  read["refresh-token"] = known["refresh-token"];
  read["id-token"] = idToken;
}
