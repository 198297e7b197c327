import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { invalidArgument, TenantryError } from "@tenantry/sdk";
import { readIfPresent, writeDurably } from "./durable-file.js";
import { giveTo } from "./private-directory.js";
import type { RuntimeUser } from "./runtime-user.js";

/** Where everything of one server lies. Only `data`, `sockets` and `pending` belong to the runtime user; the rest is ours. */
export interface Instance {
  readonly id: string;
  readonly home: string;
  /** PGDATA. */
  readonly data: string;
  /** Database directories on their way into `data`. */
  readonly pending: string;
  readonly configuration: string;
  readonly log: string;
  readonly marker: string;
}

/** What is known of a data directory. Written when its files are whole; a home without it is half made. */
export interface InstanceFacts {
  readonly systemIdentifier: string;
  /** The programs whose template it was copied from. */
  readonly build: string;
  readonly major: number;
  /** Whether the copied files are known to be on the disk, not only in the system's cache. */
  readonly flushed: boolean;
  /** Absent until the first database and its owner have the names that were asked for. */
  readonly bootstrap?: { readonly database: string; readonly owner: string } | undefined;
}

/** Longest file name that the usual file systems take, less room for suffixes. */
const MAX_NAME_BYTES = 200;
/** sockaddr_un.sun_path on Linux is 108 bytes with its end mark (104 on macOS), and PostgreSQL adds "/.s.PGSQL.65535". */
const MAX_SOCKET_DIRECTORY_BYTES = 88;

export function instanceAt(instances: string, id: string): Instance {
  const name = directoryName(id);
  return instanceIn(id, join(instances, name));
}

/** The same layout for a home that has no id yet: one being made, or kept warm. */
export function instanceIn(id: string, home: string): Instance {
  return {
    id,
    home,
    data: join(home, "data"),
    pending: join(home, "pending"),
    configuration: join(home, "configuration"),
    log: join(home, "postgres.log"),
    marker: join(home, "instance.json"),
  };
}

/** Ids may hold any character (`namespace/name`); file names may not. */
function directoryName(id: string): string {
  const name = encodeURIComponent(id).replaceAll(".", "%2E");
  if (name === "" || name.length > MAX_NAME_BYTES) {
    throw invalidArgument("id", `must have 1 to ${MAX_NAME_BYTES} characters once percent-encoded, has ${name.length}`);
  }
  return name;
}

export function idOfDirectory(name: string): string {
  return decodeURIComponent(name);
}

export async function readFacts(instance: Instance): Promise<InstanceFacts | undefined> {
  const text = await readIfPresent(instance.marker);
  return text === undefined ? undefined : (JSON.parse(text) as InstanceFacts);
}

export async function writeFacts(instance: Instance, facts: InstanceFacts): Promise<void> {
  await writeDurably(instance.marker, JSON.stringify(facts), { mode: 0o644 });
}

/**
 * The directory of the server's Unix socket, which is for our own administration: closed to everybody but the runtime user and root.
 * Beside the data, or under the system's temporary directory where that path is too long for a socket.
 */
export async function socketDirectory(instance: Instance, user: RuntimeUser): Promise<string> {
  const beside = join(instance.home, "run");
  const fits = Buffer.byteLength(beside) <= MAX_SOCKET_DIRECTORY_BYTES;
  const hash = createHash("sha256").update(instance.home).digest("hex").slice(0, 16);
  const path = fits ? beside : join(tmpdir(), `tenantry-${hash}`);
  try {
    await mkdir(path, { mode: 0o700 });
    await giveTo(user, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    const found = await lstat(path);
    if (!found.isDirectory() || found.uid !== user.uid || (found.mode & 0o077) !== 0) {
      throw new TenantryError("permission_denied", `${path} is not a private directory of ${user.name}; remove it`, {
        cause: error,
      });
    }
  }
  return path;
}
