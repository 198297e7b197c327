import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface BuildOptions {
  readonly go: GoToolchain;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
  readonly isComplete: (directory: string) => Promise<boolean>;
}

export interface GoToolchain {
  readonly version: string;
  /** GOOS and GOARCH of the programs. */
  readonly platform: string;
}

const MODULE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGES = [
  ["etcd", "go.etcd.io/etcd/server/v3"],
  ["kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"],
  ["kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"],
] as const;

/** Undefined where no Go can be called. */
export async function findGo(): Promise<GoToolchain | undefined> {
  try {
    const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION", "GOOS", "GOARCH"], { cwd: MODULE });
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
export async function buildBinaries({ go, onProgress, signal, isComplete }: BuildOptions): Promise<string> {
  const directory = join(cacheDirectory(), await cacheKey(go));
  if (await isComplete(directory)) return directory;
  await mkdir(dirname(directory), { recursive: true });
  const unfinished = await mkdtemp(`${directory}.`);
  try {
    onProgress(`building etcd and the Kubernetes control plane with ${go.version}: minutes, this once`);
    for (const [name, path] of PACKAGES) {
      const startedAt = Date.now();
      await build(path, join(unfinished, name), signal);
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

async function build(path: string, output: string, signal: AbortSignal): Promise<void> {
  const flags = await linkerFlags();
  // One compiler at a time: a machine that runs tests has other work, and a package of Kubernetes may need a gigabyte.
  const child = spawn("go", ["build", "-p", "1", "-trimpath", `-ldflags=${flags}`, "-o", output, path], {
    cwd: MODULE,
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly" },
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

/** Kubernetes programs take their version from the linker. */
async function linkerFlags(): Promise<string> {
  const version = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\S+)/.exec(await readFile(join(MODULE, "go.mod"), "utf8"));
  if (version === null) throw new Error("go.mod names no version of k8s.io/kubernetes");
  const [, gitVersion, gitMajor, gitMinor] = version;
  const set = (name: string, value = "") => `-X k8s.io/component-base/version.${name}=${value}`;
  return ["-s -w", set("gitVersion", gitVersion), set("gitMajor", gitMajor), set("gitMinor", gitMinor)].join(" ");
}

async function cacheKey({ platform }: GoToolchain): Promise<string> {
  const modules = await readFile(join(MODULE, "go.sum"));
  return `${createHash("sha256").update(modules).digest("hex").slice(0, 16)}-${platform}`;
}

function cacheDirectory(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base !== undefined && base !== "" ? base : join(homedir(), ".cache"), "tenantry", "test-cluster");
}
