import { constants } from "node:fs";
import { access, mkdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TenantryError } from "@tenantry/sdk";

/**
 * Everything a plane keeps, in one directory that can be moved as a whole:
 *
 * ```text
 * store.sqlite   the API server's objects; its lock is what keeps a second instance away
 * plane.pid      the process that holds the lock, to name it to the second one
 * pki/           certificate authority, the API server's certificate, the administrator's token (each 0600)
 * kubeconfig     for kubectl (0600)
 * instances/     one folder a PostgreSQL server
 * warm/          data directories copied ahead; making/ and trash/ hold what is half made or half removed
 * ```
 */
export interface PlaneDirectory {
  readonly path: string;
  readonly store: string;
  readonly pid: string;
  readonly pki: string;
  readonly kubeconfig: string;
}

/** Root's servers run as another user, who has to pass through (not look around). */
const DIRECTORY_MODE = process.geteuid?.() === 0 ? 0o711 : 0o700;

/**
 * Makes the directory if it is missing and checks that it is ours before anything is written.
 * @throws TenantryError `permission_denied` (belongs to someone else, or not writable), `invalid_argument` (not a directory),
 * `resource_exhausted` (no space).
 */
export async function openPlaneDirectory(directory: string): Promise<PlaneDirectory> {
  const path = resolve(directory);
  await createDirectory(path);
  await checkOwner(path);
  const layout: PlaneDirectory = {
    path,
    store: join(path, "store.sqlite"),
    pid: join(path, "plane.pid"),
    pki: join(path, "pki"),
    kubeconfig: join(path, "kubeconfig"),
  };
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw new TenantryError(
      "permission_denied",
      `directory: "${path}" is not writable for this user; run \`chmod u+rwx ${path}\` or choose another directory`,
      { cause: error },
    );
  });
  // A file restored or copied by someone else inside a directory of ours would fail later, and less clearly.
  for (const inside of [layout.store, layout.pki, layout.kubeconfig]) await checkOwner(inside);
  return layout;
}

async function createDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
  } catch (error) {
    throw directoryError(path, error);
  }
  const found = await stat(path);
  if (!found.isDirectory()) throw notADirectory(path);
}

async function checkOwner(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw directoryError(path, error);
  });
  const user = process.geteuid?.();
  if (found === undefined || user === undefined || found.uid === user) return;
  const [owner, self] = await Promise.all([userName(found.uid), userName(user)]);
  throw new TenantryError(
    "permission_denied",
    `directory: "${path}" belongs to user ${owner}, and this process runs as ${self}; ` +
      `run it as that user, choose another directory, or hand it over with \`chown -R ${user} ${path}\``,
    { reason: "DirectoryOwner" },
  );
}

function notADirectory(path: string, cause?: unknown): TenantryError {
  return new TenantryError("invalid_argument", `directory: "${path}" is not a directory; choose another`, {
    cause,
    violations: [{ field: "directory", message: "is not a directory" }],
  });
}

function directoryError(path: string, error: unknown): TenantryError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EEXIST" || code === "ENOTDIR") return notADirectory(path, error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new TenantryError("resource_exhausted", `directory: no space left to create "${path}"`, { cause: error });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new TenantryError(
      "permission_denied",
      `directory: this user may not create or open "${path}"; choose a directory of your own`,
      { cause: error },
    );
  }
  return new TenantryError("internal", `directory: "${path}" cannot be used (${code ?? "unknown error"})`, {
    cause: error,
  });
}

/** `1000 (alice)` where the system knows the name. */
async function userName(uid: number): Promise<string> {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  for (const line of passwd.split("\n")) {
    const [name, , id] = line.split(":");
    if (id === String(uid) && name !== undefined) return `${uid} (${name})`;
  }
  return String(uid);
}
