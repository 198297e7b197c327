import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import { TenantryError } from "@tenantry/sdk";

const run = promisify(execFile);

/** The operating system's user that PostgreSQL runs as. */
export interface RuntimeUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Whether this process is root and has to become that user for each child. */
  readonly dropPrivileges: boolean;
}

/** For a `root` that has not said whom to run as, in this order. */
const FALLBACK_USERS = ["postgres", "nobody"] as const;

/**
 * Who runs PostgreSQL, which refuses to run as root. Without `runAs` it is the user of this process; for root the owner of `directory`,
 * or else the first of {@link FALLBACK_USERS} that exists.
 *
 * @throws TenantryError `permission_denied` when there is nobody to run as.
 */
export async function resolveRuntimeUser(directory: string, runAs?: string): Promise<RuntimeUser> {
  const own = process.getuid?.() ?? -1;
  if (own !== 0) {
    const user = await currentUser(own);
    if (runAs !== undefined && runAs !== user.name && runAs !== String(own)) {
      throw new TenantryError("permission_denied", `only root can run PostgreSQL as "${runAs}"; this is ${user.name}`);
    }
    return user;
  }
  const candidates = runAs === undefined ? [await ownerOf(directory), ...FALLBACK_USERS] : [runAs];
  for (const candidate of candidates) {
    const user = candidate === undefined ? undefined : await lookUp(candidate);
    if (user !== undefined && user.uid !== 0) return user;
  }
  throw new TenantryError(
    "permission_denied",
    runAs === undefined
      ? `PostgreSQL does not run as root and there is no user ${FALLBACK_USERS.join(" or ")}; name one with runAs`
      : `PostgreSQL cannot run as "${runAs}": there is no such user, or it is root; name another with runAs`,
  );
}

async function currentUser(uid: number): Promise<RuntimeUser> {
  try {
    const { username, gid } = userInfo();
    return { name: username, uid, gid, dropPrivileges: false };
  } catch (cause) {
    // initdb and peer authentication both ask the system for the name.
    throw new TenantryError(
      "permission_denied",
      `user ${uid} has no name in this system; add it to the user database`,
      {
        cause,
      },
    );
  }
}

async function ownerOf(directory: string): Promise<string | undefined> {
  const found = await stat(directory).catch(() => undefined);
  return found === undefined || found.uid === 0 ? undefined : String(found.uid);
}

/** By name or number, through `id`, which asks every source that the system has (files, LDAP, Directory Services). */
async function lookUp(user: string): Promise<RuntimeUser | undefined> {
  if (user.startsWith("-")) return undefined;
  try {
    const [uid, gid, name] = await Promise.all(
      ["-u", "-g", "-un"].map(async (flag) => (await run("id", [flag, user])).stdout.trim()),
    );
    if (uid === undefined || gid === undefined || name === undefined) return undefined;
    return { name, uid: Number(uid), gid: Number(gid), dropPrivileges: true };
  } catch {
    return undefined;
  }
}

/** For `spawn`: become this user, or stay who we are. */
export function identityOf(user: RuntimeUser): { uid?: number; gid?: number } {
  return user.dropPrivileges ? { uid: user.uid, gid: user.gid } : {};
}
