/** Longer tokens are refused unread. A header of Node's HTTP server ends at 16 KiB in any case. */
export const MAX_TOKEN_LENGTH = 12 * 1024;

/** Source: RFC 6750 section 2.1; the scheme is case-insensitive by RFC 9110 section 11.1. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** The token of an Authorization header, or undefined when there is none, more than one, or another scheme. */
export function readBearerToken(values: readonly string[] | undefined): string | undefined {
  const [value, ...others] = values ?? [];
  if (value === undefined || others.length > 0 || value.length > MAX_TOKEN_LENGTH) return undefined;
  return BEARER.exec(value)?.[1];
}
