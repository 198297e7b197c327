import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, buildGoModule } from "./go-module.js";

const MODULE = fileURLToPath(new URL(".", import.meta.url));
const PROGRAMS = [
  ["etcd", "go.etcd.io/etcd/server/v3"],
  ["kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"],
  ["kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"],
] as const;

/** The programs of the control plane, from the modules that are pinned beside this file. */
export async function buildBinaries(options: BuildOptions): Promise<string> {
  const title = "etcd and the Kubernetes control plane";
  const linkerFlags = await versionFlags();
  return await buildGoModule({ directory: MODULE, title, programs: PROGRAMS, linkerFlags }, options);
}

/** Kubernetes programs take their version from the linker. */
async function versionFlags(): Promise<string> {
  const version = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\S+)/.exec(await readFile(join(MODULE, "go.mod"), "utf8"));
  if (version === null) throw new Error("go.mod names no version of k8s.io/kubernetes");
  const [, gitVersion, gitMajor, gitMinor] = version;
  const set = (name: string, value = "") => `-X k8s.io/component-base/version.${name}=${value}`;
  return ["-s -w", set("gitVersion", gitVersion), set("gitMajor", gitMajor), set("gitMinor", gitMinor)].join(" ");
}
