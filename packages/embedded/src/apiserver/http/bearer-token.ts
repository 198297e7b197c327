import { createHash, timingSafeEqual } from "node:crypto";

/** Who a token stands for. Source: kubernetes authentication/v1 UserInfo. */
export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

/** Undefined for a token that is not known. */
export type Authenticate = (token: string) => User | undefined;

/**
 * The token of an `Authorization` header; undefined when it carries none: another scheme, or an empty token.
 * Source: apiserver pkg/authentication/request/bearertoken/bearertoken.go.
 */
export function readBearerToken(authorization: string | undefined): string | undefined {
  const [scheme = "", token = ""] = (authorization ?? "").trim().split(" ");
  return scheme.toLowerCase() === "bearer" && token !== "" ? token : undefined;
}

/** Knows a fixed set of tokens. How long an answer takes tells nothing of how close a guess was, nor which token it was close to. */
export function staticTokens(tokens: Iterable<readonly [token: string, user: User]>): Authenticate {
  const known = [...tokens].map(([token, user]) => ({ digest: digest(token), user }));
  return (token) => {
    const given = digest(token);
    let found: User | undefined;
    for (const entry of known) {
      if (timingSafeEqual(entry.digest, given)) found = entry.user;
    }
    return found;
  };
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
