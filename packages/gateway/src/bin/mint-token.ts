import { dns1123LabelProblem, invalidArgument, TenantryError } from "@tenantry/sdk";
import { defaultDirectory } from "./default-directory.js";
import { MAX_TOKEN_SECONDS, readDevelopmentIssuer } from "./issuer/development-issuer.js";
import type { TokenFlags } from "./program.js";

/**
 * Signs a token with the key that `tenantry dev` left in the directory.
 * @throws TenantryError `invalid_argument` (names the option), `not_found` (no such key there).
 */
export async function mintToken({
  directory,
  namespace = [],
  account,
  role,
  subject,
  ttl,
}: TokenFlags): Promise<string> {
  if (namespace.length === 0 && account !== true) {
    throw invalidArgument("--namespace", "name at least one, or grant the role everywhere with --account");
  }
  for (const name of namespace) {
    const problem = dns1123LabelProblem(name);
    if (problem !== undefined) throw invalidArgument("--namespace", `"${name}" ${problem}`);
  }
  if (!/^\S{1,128}$/.test(role)) throw invalidArgument("--role", "must be a role's name, without spaces");
  if (ttl > MAX_TOKEN_SECONDS) throw invalidArgument("--ttl", `must be at most ${MAX_TOKEN_SECONDS / 86_400}d`);
  const where = directory ?? defaultDirectory();
  const issuer = await readDevelopmentIssuer(where);
  if (issuer === undefined) {
    throw new TenantryError(
      "not_found",
      `--directory: "${where}" holds no key to sign with; run \`tenantry dev --directory ${where}\` once, it makes one`,
    );
  }
  return issuer.mint({
    subject: subject ?? `${role}@${account === true ? "*" : namespace.join("+")}`,
    namespaces: Object.fromEntries(namespace.map((name) => [name, [role]])),
    account: account === true ? [role] : [],
    ttlSeconds: ttl,
  });
}
