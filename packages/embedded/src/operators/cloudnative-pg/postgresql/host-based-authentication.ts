import type { StatusCause } from "@tenantry/sdk";
import { invalidValue } from "../field-error.js";

/** What the server can do without anything beside it: no LDAP, RADIUS, GSSAPI, PAM or ident server runs here. */
const METHODS = new Set(["scram-sha-256", "md5", "password", "cert", "reject", "trust"]);

/**
 * Rules for every cluster, before the caller's. The first one is ours: the real operator takes plaintext by default, this plane never
 * does, whatever the caller's lines say. The others are the operator's, for the roles that prove themselves with a certificate.
 * Source: cloudnative-pg v1.30.0 pkg/postgres/configuration.go, hbaTemplateString.
 */
const FIXED_RULES = [
  "hostnossl all all all reject",
  "hostssl postgres streaming_replica all cert",
  "hostssl replication streaming_replica all cert",
  "hostssl all cnpg_pooler_pgbouncer all cert",
];
const DEFAULT_RULE = "hostssl all all all scram-sha-256";

/** The whole pg_hba.conf for TCP. A caller's `host` line is written as `hostssl`, because the plaintext half of it cannot happen. */
export function toHba(lines: readonly string[] = []): readonly string[] {
  return [...FIXED_RULES, ...lines.map((line) => line.trim().replace(/^host(?=\s)/, "hostssl")), DEFAULT_RULE];
}

/** The index in the spec of the line that has this index in {@link toHba}. */
export function callersHbaLine(index: number): number {
  return index - FIXED_RULES.length;
}

export function validateHba(lines: readonly string[] = []): StatusCause[] {
  return lines.flatMap((line, index) => {
    const problem = lineProblem(line);
    return problem === undefined ? [] : [invalidValue(`spec.postgresql.pg_hba[${index}]`, line, problem)];
  });
}

function lineProblem(line: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break would start a rule that nobody looked at.
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) return "must be one line without control characters";
  if (line.trimEnd().endsWith("\\")) return "must not end in a backslash, which would continue it on the next line";
  if (/\$\{podselector:/.test(line)) return "names pods; the embedded plane runs none";
  const tokens = tokenise(line);
  if (tokens === undefined) return "has a quote that is not closed";
  const [type, database, user, address, ...rest] = tokens;
  if (type === undefined) return undefined;
  if (type !== "host" && type !== "hostssl" && type !== "hostnossl") {
    return "must start with hostssl or host (taken as hostssl); there is no other way in on the embedded plane";
  }
  if ([database, user].some((token) => token?.startsWith("@") || token?.includes(",@")))
    return "must not read names from a file";
  const method = /^[0-9.]+$|:/.test(rest[0] ?? "") ? rest[1] : rest[0];
  if (database === undefined || user === undefined || address === undefined || method === undefined) {
    return "must read: hostssl DATABASE USER ADDRESS METHOD [OPTIONS]";
  }
  if (type === "hostnossl" && method !== "reject") return "would take plaintext; the embedded plane takes TLS only";
  if (!METHODS.has(method)) return `has the method ${method}; the embedded plane has ${[...METHODS].join(", ")}`;
  return undefined;
}

/** Splits as PostgreSQL does: blanks part, double quotes keep together, `#` starts a comment. Undefined for an open quote. */
function tokenise(line: string): readonly string[] | undefined {
  const tokens: string[] = [];
  let token = "";
  let quoted = false;
  for (const character of line) {
    if (!quoted && character === "#") break;
    if (character === '"') quoted = !quoted;
    if (!quoted && /\s/.test(character)) {
      if (token !== "") tokens.push(token);
      token = "";
    } else {
      token += character;
    }
  }
  if (quoted) return undefined;
  return token === "" ? tokens : [...tokens, token];
}
