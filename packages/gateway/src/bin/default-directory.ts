import { homedir } from "node:os";
import { join } from "node:path";

export interface DirectoryContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
  readonly home: string;
}

/**
 * Where `tenantry dev` keeps its data when nobody says otherwise: the system's place for root, the user's own for others.
 * @see {@link https://specifications.freedesktop.org/basedir-spec/latest/ | XDG base directories}: a relative value is to be ignored.
 */
export function defaultDirectory(
  context: DirectoryContext = { env: process.env, uid: process.geteuid?.(), home: homedir() },
): string {
  if (context.uid === 0) return "/var/lib/tenantry/dev";
  const configured = context.env.XDG_DATA_HOME;
  const base = configured?.startsWith("/") === true ? configured : join(context.home, ".local", "share");
  return join(base, "tenantry", "dev");
}
