import { invalidArgument, type Principal } from "@tenantry/sdk";

/** Grants of one token for more namespaces than this are refused whole: half of them would be hard to explain. */
export const MAX_GRANTED_NAMESPACES = 1_000;

/** Names of members from the outside in. A text is one name, dots and all: `"realm_access.roles"` is not a path of two. */
export type ClaimPath = string | readonly string[];

/**
 * Where a token says what it grants. Every name is taken literally; `*` is no namespace, so it grants nothing. Sources add up.
 */
export interface ClaimsMapping {
  /** A claim of the form `{"team-a": ["namespace-admin"]}`. */
  readonly namespaces?: ClaimPath | undefined;
  /** A claim holding a list of group names, of which `<prefix>:<namespace>:<role>` count. */
  readonly groups?: PrefixedGrants | undefined;
  /** The same inside a text of words, as OAuth writes `scope`. */
  readonly scopes?: PrefixedGrants | undefined;
  /** A claim holding a list of roles for every namespace. */
  readonly account?: ClaimPath | undefined;
}

export interface PrefixedGrants {
  readonly claim: ClaimPath;
  readonly prefix: string;
}

export type Grants = Pick<Principal, "namespaces" | "account">;

/** @throws TenantryError `invalid_argument` naming the setting. */
export function checkClaimsMapping(setting: string, mapping: ClaimsMapping): void {
  if (typeof mapping !== "object" || mapping === null)
    throw invalidArgument(setting, "must say which claims grant what");
  const paths: [string, unknown][] = [
    ["namespaces", mapping.namespaces],
    ["account", mapping.account],
    ["groups.claim", mapping.groups?.claim],
    ["scopes.claim", mapping.scopes?.claim],
  ];
  if (paths.every(([, path]) => path === undefined)) {
    throw invalidArgument(setting, "names no claim; set namespaces, groups, scopes or account");
  }
  for (const [name, path] of paths) {
    const names = typeof path === "string" ? [path] : path;
    if (path === undefined) continue;
    if (!Array.isArray(names) || names.length === 0 || names.some((part) => typeof part !== "string" || part === "")) {
      throw invalidArgument(`${setting}.${name}`, "must be a claim's name or a list of names, from the outside in");
    }
  }
  for (const name of ["groups", "scopes"] as const) {
    const prefix: unknown = mapping[name]?.prefix;
    if (mapping[name] !== undefined && (typeof prefix !== "string" || !/^[^\s:]+$/.test(prefix))) {
      throw invalidArgument(`${setting}.${name}.prefix`, "must be a word without colon or space");
    }
  }
}

/**
 * Reads the grants of verified claims. What has another form than configured grants nothing.
 * @throws RangeError above {@link MAX_GRANTED_NAMESPACES}.
 */
export function readGrants(claims: Readonly<Record<string, unknown>>, mapping: ClaimsMapping): Grants {
  const namespaces = new Map<string, string[]>();
  const grant = (namespace: string, role: unknown) => {
    if (!isNamespaceName(namespace) || typeof role !== "string" || role === "") return;
    const roles = namespaces.get(namespace) ?? [];
    if (!roles.includes(role)) namespaces.set(namespace, [...roles, role]);
    if (namespaces.size > MAX_GRANTED_NAMESPACES) {
      throw new RangeError(`more than ${MAX_GRANTED_NAMESPACES} namespaces granted`);
    }
  };
  const byNamespace = readClaim(claims, mapping.namespaces);
  if (isPlainObject(byNamespace)) {
    for (const [namespace, roles] of Object.entries(byNamespace)) {
      for (const role of listOf(roles)) grant(namespace, role);
    }
  }
  const { groups, scopes } = mapping;
  const scopeText = readClaim(claims, scopes?.claim);
  const words = typeof scopeText === "string" ? scopeText.split(" ") : [];
  for (const [prefix, texts] of [
    [groups?.prefix, listOf(readClaim(claims, groups?.claim))],
    [scopes?.prefix, words],
  ] as const) {
    for (const text of texts) {
      const parts = typeof text === "string" ? text.split(":") : [];
      if (parts.length === 3 && parts[0] === prefix) grant(parts[1] ?? "", parts[2]);
    }
  }
  const account = listOf(readClaim(claims, mapping.account)).filter((role) => typeof role === "string" && role !== "");
  return { namespaces, account: account as string[] };
}

/** Own members only: a claim named `constructor` or `__proto__` is looked up like any other and finds nothing inherited. */
function readClaim(claims: Readonly<Record<string, unknown>>, path: ClaimPath | undefined): unknown {
  if (path === undefined) return undefined;
  let value: unknown = claims;
  for (const name of typeof path === "string" ? [path] : path) {
    if (!isPlainObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Source: Kubernetes names a namespace by a DNS label (RFC 1123). */
function isNamespaceName(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}
