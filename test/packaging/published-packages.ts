import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const exec = promisify(execFile);

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** One package as `npm publish` would send it. */
export interface PackedPackage {
  readonly name: string;
  /** Where its sources are. */
  readonly directory: string;
  /** The packed archive. */
  readonly tarball: string;
  /** Paths inside the archive. */
  readonly files: readonly string[];
  /** Import specifiers that consumers may use, from `exports`: `@tenantry/sdk`, `@tenantry/sdk/transport/kubeconfig`. */
  readonly entries: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Packs every workspace that is not private into `destination`. Needs a finished build, for `dist` is what gets packed. */
export async function packPublishedPackages(destination: string): Promise<readonly PackedPackage[]> {
  const { stdout: listed } = await exec("npm", ["query", ".workspace"], { cwd: REPOSITORY });
  const workspaces = JSON.parse(listed) as readonly { readonly location: string; readonly private?: boolean }[];
  const published = workspaces.filter((workspace) => workspace.private !== true).map(({ location }) => location);
  const { stdout } = await exec(
    "npm",
    ["pack", "--json", "--pack-destination", destination, ...published.flatMap((location) => ["-w", location])],
    { cwd: REPOSITORY, maxBuffer: 64 * 1024 * 1024 },
  );
  const packed = JSON.parse(stdout) as readonly {
    readonly name: string;
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  return Promise.all(
    published.map(async (location) => {
      const directory = join(REPOSITORY, location);
      const manifest = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as Manifest;
      const archive = packed.find(({ name }) => name === manifest.name);
      if (archive === undefined) throw new Error(`npm pack made no archive of ${manifest.name}`);
      return {
        name: manifest.name,
        directory,
        tarball: join(destination, archive.filename),
        files: archive.files.map(({ path }) => path),
        entries: Object.keys(manifest.exports)
          .filter((subpath) => subpath !== "./package.json")
          .map((subpath) => join(manifest.name, subpath)),
      };
    }),
  );
}
