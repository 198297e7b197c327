import { type HttpAnswer, text } from "./http-answer.js";
import type { HttpRequest } from "./http-request.js";

/** A named check; false or a rejection means failing. */
export interface HealthCheck {
  readonly name: string;
  readonly check: () => boolean | Promise<boolean>;
}

const PING: HealthCheck = { name: "ping", check: () => true };

/** `/healthz`, `/livez` and `/readyz`, each with its checks. Only readiness looks at `checks`. */
export const HEALTH_ENDPOINTS: readonly string[] = ["healthz", "livez", "readyz"];

/** Source: apiserver server/healthz/healthz.go. Undefined for the name of a check that does not exist. */
export async function serveHealth(
  request: HttpRequest,
  checks: readonly HealthCheck[],
): Promise<HttpAnswer | undefined> {
  const [endpoint = "", only, more] = request.segments;
  const known = endpoint === "readyz" ? [PING, ...checks] : [PING];
  if (more !== undefined) return undefined;
  if (only !== undefined) {
    const check = known.find(({ name }) => name === only);
    if (check === undefined) return undefined;
    return (await passes(check))
      ? text(200, "ok")
      : text(500, `internal server error: ${only} failed: reason withheld\n`);
  }
  return summary(endpoint, known, request.query);
}

async function summary(endpoint: string, checks: readonly HealthCheck[], query: URLSearchParams): Promise<HttpAnswer> {
  const excluded = new Set(query.getAll("exclude").flatMap((names) => names.split(",")));
  const lines: string[] = [];
  let failed = false;
  for (const check of checks) {
    if (excluded.delete(check.name)) {
      lines.push(`[+]${check.name} excluded: ok\n`);
    } else if (await passes(check)) {
      lines.push(`[+]${check.name} ok\n`);
    } else {
      failed = true;
      lines.push(`[-]${check.name} failed: reason withheld\n`);
    }
  }
  excluded.delete("");
  if (excluded.size > 0) {
    const names = [...excluded].map((name) => JSON.stringify(name)).join(",");
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}\n`);
  }
  if (failed) return text(500, `${lines.join("")}${endpoint} check failed\n`);
  return text(200, query.has("verbose") ? `${lines.join("")}${endpoint} check passed\n` : "ok");
}

async function passes({ check }: HealthCheck): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}
