import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { PostgresRuntime } from "../runtime.js";
import { installBinaries } from "./binaries.js";
import { openForTraversal } from "./private-directory.js";
import { ProcessRuntime } from "./process-runtime.js";
import { openDirectories, type RuntimeLogger } from "./runtime-context.js";
import { resolveRuntimeUser } from "./runtime-user.js";
import { sweepCache } from "./sweep-cache.js";
import { fromSystemFailure } from "./system-failure.js";
import { prepareTemplate } from "./template.js";

export interface ProcessRuntimeOptions {
  /** Holds the servers. Made if there is none. */
  readonly directory: string;
  /** Holds what can be made again: programs and the template. `/var/cache/tenantry` for root, else `$XDG_CACHE_HOME/tenantry`. */
  readonly cacheDirectory?: string | undefined;
  /** Name or number of the user that PostgreSQL runs as, which only root can choose. See {@link resolveRuntimeUser}. */
  readonly runAs?: string | undefined;
  /** How long one server may take to start, crash recovery included. A minute when absent. */
  readonly startTimeoutMs?: number | undefined;
  readonly logger?: RuntimeLogger | undefined;
}

const DEFAULT_START_TIMEOUT_MS = 60_000;

/**
 * Runs real PostgreSQL servers below one directory, as root (dropping to another user for PostgreSQL) and as an ordinary user.
 * @throws TenantryError `permission_denied`, `resource_exhausted`, or `unimplemented` where there are no programs for this platform.
 */
export async function createProcessRuntime(options: ProcessRuntimeOptions): Promise<PostgresRuntime> {
  const directory = resolve(options.directory);
  const cacheDirectory = resolve(options.cacheDirectory ?? defaultCacheDirectory());
  try {
    const user = await resolveRuntimeUser(directory, options.runAs);
    await openForTraversal(user, cacheDirectory);
    await sweepCache(cacheDirectory);
    const binaries = await installBinaries(cacheDirectory);
    const template = await prepareTemplate(cacheDirectory, binaries, user);
    await openForTraversal(user, directory);
    const { startTimeoutMs = DEFAULT_START_TIMEOUT_MS, logger } = options;
    const directories = await openDirectories(directory);
    const administrator = userInfo().username;
    return await ProcessRuntime.open({ directories, binaries, template, user, administrator, startTimeoutMs, logger });
  } catch (error) {
    throw fromSystemFailure(error, directory);
  }
}

/** Where programs and template lie unless told otherwise. */
export function defaultCacheDirectory(): string {
  if (process.getuid?.() === 0) return "/var/cache/tenantry";
  const { XDG_CACHE_HOME } = process.env;
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "tenantry");
}
