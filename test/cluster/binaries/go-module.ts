import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export interface GoToolchain {
  readonly version: string;
  /** GOOS and GOARCH of the programs. */
  readonly platform: string;
}

/** Programs of one pinned set of modules: a directory with `go.mod` and `go.sum`. */
export interface GoModule {
  readonly directory: string;
  /** For people. */
  readonly title: string;
  readonly programs: readonly (readonly [name: string, path: string])[];
  readonly linkerFlags: string;
}

export interface BuildOptions {
  readonly go: GoToolchain;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
  readonly isComplete: (directory: string) => Promise<boolean>;
}

/** Undefined where no Go can be called. */
export async function findGo(): Promise<GoToolchain | undefined> {
  try {
    const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION", "GOOS", "GOARCH"]);
    const [version = "", os = "", architecture = ""] = stdout.trim().split("\n");
    return { version, platform: `${os}-${architecture}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Builds the programs once for this set of modules and this platform, and keeps them in the user's cache. Two runs at once build twice
 * and agree on the result: a directory appears whole or not at all.
 */
export async function buildGoModule(
  module: GoModule,
  { go, onProgress, signal, isComplete }: BuildOptions,
): Promise<string> {
  const directory = join(cacheDirectory(), await cacheKey(module, go));
  if (await isComplete(directory)) return directory;
  await mkdir(dirname(directory), { recursive: true });
  const unfinished = await mkdtemp(`${directory}.`);
  try {
    onProgress(`building ${module.title} with ${go.version}: minutes, this once`);
    for (const [name, path] of module.programs) {
      const startedAt = Date.now();
      await build(module, path, join(unfinished, name), signal);
      onProgress(`built ${name} in ${Math.round((Date.now() - startedAt) / 1000)} s`);
    }
    await rename(unfinished, directory).catch(async (error: unknown) => {
      if (!(await isComplete(directory))) throw error; // another run was faster
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return directory;
}

/** Where the sources of one pinned module are, downloaded if need be. */
export async function sourcesOf({ directory }: GoModule, path: string): Promise<string> {
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", path], {
    cwd: directory,
    env: environment(),
  });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}

async function build({ directory, linkerFlags }: GoModule, path: string, output: string, signal: AbortSignal) {
  // One compiler at a time: a machine that runs tests has other work, and a package of Kubernetes may need a gigabyte.
  const child = spawn("go", ["build", "-p", "1", "-trimpath", `-ldflags=${linkerFlags}`, "-o", output, path], {
    cwd: directory,
    env: environment(),
    stdio: ["ignore", "ignore", "pipe"],
    signal,
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = `${complaint}${text}`.slice(-4000);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`go build ${path} failed (exit code ${code}):\n${complaint}`);
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly" };
}

async function cacheKey({ directory }: GoModule, { platform }: GoToolchain): Promise<string> {
  const modules = await readFile(join(directory, "go.sum"));
  return `${createHash("sha256").update(modules).digest("hex").slice(0, 16)}-${platform}`;
}

function cacheDirectory(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base !== undefined && base !== "" ? base : join(homedir(), ".cache"), "tenantry", "test-cluster");
}
