/** What comes with the plane's PostgreSQL and may be preloaded. */
export const SHIPPED_LIBRARIES: ReadonlySet<string> = new Set([
  "auth_delay",
  "auto_explain",
  "passwordcheck",
  "pg_overexplain",
  "pg_prewarm",
  "pg_stat_statements",
]);

/** The operator preloads a library as soon as one of its settings is there. Source: pkg/postgres/configuration.go, ManagedExtensions. */
export const SETTING_PREFIX_LIBRARIES: ReadonlyMap<string, string> = new Map([
  ["auto_explain", "auto_explain"],
  ["pg_stat_statements", "pg_stat_statements"],
  ["pgaudit", "pgaudit"],
  ["pg_failover_slots", "pg_failover_slots"],
]);

export function preloadLibraries(
  parameters: Readonly<Record<string, string>>,
  listed: readonly string[] = [],
): readonly string[] {
  const wanted = new Set(listed);
  for (const [prefix, library] of SETTING_PREFIX_LIBRARIES) {
    if (Object.keys(parameters).some((name) => name.startsWith(`${prefix}.`))) wanted.add(library);
  }
  return [...wanted];
}
