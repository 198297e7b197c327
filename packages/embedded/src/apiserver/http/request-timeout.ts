import { badRequest } from "../object/failures.js";

/** Source: apiserver server/config.go, RequestTimeout. Watches are not bound by it. */
const MAX_TIMEOUT_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
};

/**
 * How long the request may take, in milliseconds: its own `timeout`, at most {@link MAX_TIMEOUT_MS}.
 * @throws ApiError 400 when it is no Go duration.
 */
export function readTimeoutMs(query: URLSearchParams): number {
  const text = query.get("timeout");
  if (text === null || text === "" || text === "0") return MAX_TIMEOUT_MS;
  if (!/^(\d+(\.\d*)?(ns|us|µs|μs|ms|s|m|h)){1,8}$/.test(text)) {
    const quoted = JSON.stringify(text);
    throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${quoted}`);
  }
  let total = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d*)?)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  }
  return total > 0 ? Math.min(total, MAX_TIMEOUT_MS) : MAX_TIMEOUT_MS;
}
