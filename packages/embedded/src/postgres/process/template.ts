import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { TenantryError } from "@tenantry/sdk";
import type { PostgresBinaries } from "./binaries.js";
import { readIfPresent, writeDurably } from "./durable-file.js";
import { makePrivateDirectory } from "./private-directory.js";
import { removeTree } from "./remove-tree.js";
import { runCommand } from "./run-command.js";
import { identityOf, type RuntimeUser } from "./runtime-user.js";
import { slim } from "./slim.js";
import { BUILDING } from "./sweep-cache.js";
import { noSpace, saysNoSpace } from "./system-failure.js";

/** A cleanly stopped data directory to copy from. */
export interface Template {
  readonly data: string;
  /** Top-level entries, without `base`. */
  readonly entries: readonly string[];
  /** The application's database directory, all that a server needs to be of use. */
  readonly first: readonly string[];
  /** {@link SYSTEM_DATABASES}, which may follow. */
  readonly later: readonly string[];
}

/** By the names of their directories. Source: pg_database.dat. */
export const SYSTEM_DATABASES: ReadonlyMap<string, string> = new Map([
  ["1", "template1"],
  ["4", "template0"],
  ["5", "postgres"],
]);
/** Where administration goes. */
export const POSTGRES_OID = "5";

/** Raised when what a template holds changes, so that no older one is used. */
const REVISION = 3;
const MANIFEST = "template.json";
/** The first database and its owner, renamed in copies that ask for other names. CloudNativePG's defaults. */
export const TEMPLATE_DATABASE = "app";
export const TEMPLATE_OWNER = "app";

/** Source: FirstNormalObjectId in src/include/access/transam.h. */
const FIRST_USER_OID = 16384;

/** As CloudNativePG's defaults (UTF8, collation C); WAL segments of 1 MB instead of 16, which is what a copy costs most. */
const INITDB = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--wal-segsize=1", "--auth=reject"];

/**
 * The template of this build, made with initdb if the cache has none. Any number of processes may do this at once, and be killed while
 * they do: a template counts once it is renamed.
 */
export async function prepareTemplate(
  cacheDirectory: string,
  binaries: PostgresBinaries,
  user: RuntimeUser,
): Promise<Template> {
  const home = join(cacheDirectory, `template-${binaries.build}-r${REVISION}-uid${user.uid}`);
  const found = await readTemplate(home);
  if (found !== undefined) return found;
  const building = `${home}.${randomUUID()}${BUILDING}`;
  try {
    await mkdir(building, { mode: user.dropPrivileges ? 0o711 : 0o700 });
    await build(building, binaries, user);
    await rename(building, home);
  } catch (error) {
    // Another process was first: its template is as good.
    if ((await readTemplate(home)) === undefined) throw error;
  } finally {
    await removeTree(building);
  }
  const made = await readTemplate(home);
  if (made === undefined) throw new TenantryError("internal", `the template ${home} vanished while it was made`);
  return made;
}

async function readTemplate(home: string): Promise<Template | undefined> {
  const text = await readIfPresent(join(home, MANIFEST));
  return text === undefined ? undefined : { ...(JSON.parse(text) as Omit<Template, "data">), data: join(home, "data") };
}

async function build(home: string, binaries: PostgresBinaries, user: RuntimeUser): Promise<void> {
  const data = join(home, "data");
  await makePrivateDirectory(user, data);
  const passwordless = ["--no-sync", "--no-instructions"];
  await runCommand(user, [binaries.initdb, "-D", data, ...INITDB, ...passwordless], { into: home });
  await runSingleUser(home, data, binaries, user, [
    `CREATE ROLE ${TEMPLATE_OWNER} LOGIN`,
    `CREATE DATABASE ${TEMPLATE_DATABASE} OWNER ${TEMPLATE_OWNER} STRATEGY file_copy OID ${FIRST_USER_OID}`,
    "CHECKPOINT",
  ]);
  // Ours lie outside of the data directory.
  for (const name of ["postgresql.conf", "pg_hba.conf", "pg_ident.conf"]) await rm(join(data, name));
  await slim(data);
  await runCommand(user, [binaries.initdb, "-D", data, "--sync-only"], { into: home });

  const databases = await readdir(join(data, "base"));
  const manifest: Omit<Template, "data"> = {
    entries: (await readdir(data)).filter((entry) => entry !== "base"),
    first: databases.filter((oid) => !SYSTEM_DATABASES.has(oid)),
    later: databases.filter((oid) => SYSTEM_DATABASES.has(oid)),
  };
  await writeDurably(join(home, MANIFEST), JSON.stringify(manifest), { mode: 0o644 });
}

/** Single-user mode: no server, no socket. WAL that is no longer needed is removed at its end, not kept for reuse. */
async function runSingleUser(
  home: string,
  data: string,
  binaries: PostgresBinaries,
  user: RuntimeUser,
  statements: readonly string[],
): Promise<void> {
  const settings = [
    "-c",
    "min_wal_size=2MB",
    "-c",
    "max_wal_size=2MB",
    "-c",
    "wal_recycle=off",
    "-c",
    "exit_on_error=on",
  ];
  const child = spawn(binaries.postgres, ["--single", "-j", "-D", data, ...settings, "postgres"], {
    ...identityOf(user),
    cwd: "/",
    env: { LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stdin.on("error", () => undefined); // It ended early: the exit code says why.
  child.stdin.end(statements.map((statement) => `${statement};\n\n`).join(""));
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (saysNoSpace(output)) throw noSpace(home);
  if (exitCode !== 0) throw new TenantryError("internal", `postgres --single failed: ${output.trim().slice(-1000)}`);
}
