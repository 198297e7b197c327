import type { AuthOptions } from "../../auth/auth-options.js";
import {
  ACCOUNT_CLAIM,
  DEVELOPMENT_AUDIENCE,
  type DevelopmentIssuer,
  MAX_TOKEN_SECONDS,
  NAMESPACES_CLAIM,
  SIGNATURE_ALGORITHM,
  TOKEN_TYPE,
} from "../issuer/development-issuer.js";

/** What the gateway of `tenantry dev` believes: its own issuer and no other. */
export function developmentAuth({ url, jwks }: DevelopmentIssuer): AuthOptions {
  return {
    issuers: [
      {
        issuer: url,
        audience: DEVELOPMENT_AUDIENCE,
        algorithms: [SIGNATURE_ALGORITHM],
        // Given, not fetched: the gateway need not wait for the issuer's own server, nor fail with it.
        jwks: { keys: jwks.keys },
        tokenTypes: [TOKEN_TYPE],
        claims: { namespaces: NAMESPACES_CLAIM, account: ACCOUNT_CLAIM },
      },
    ],
    maxLifetimeSeconds: MAX_TOKEN_SECONDS,
  };
}
