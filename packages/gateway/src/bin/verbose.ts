export const VERBOSE_VARIABLE = "TENANTRY_VERBOSE";

/** Whether a person wants all there is to know: by flag, or by variable where the command line is fixed. */
export function isVerbose(arguments_: readonly string[], env: Readonly<Record<string, string | undefined>>): boolean {
  const value = env[VERBOSE_VARIABLE];
  return arguments_.includes("--verbose") || (value !== undefined && value !== "" && value !== "0");
}
