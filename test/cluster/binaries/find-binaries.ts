import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { buildBinaries } from "./build-binaries.js";
import { findGo } from "./go-module.js";

/** Paths of the programs that make a control plane without nodes. */
export interface Binaries {
  readonly etcd: string;
  readonly "kube-apiserver": string;
  readonly "kube-controller-manager": string;
}

export type FoundBinaries =
  | { readonly binaries: Binaries; readonly origin: string }
  | { readonly binaries?: undefined; readonly reason: string };

const NAMES = ["etcd", "kube-apiserver", "kube-controller-manager"] as const;

/** `KUBEBUILDER_ASSETS` where it is set (the convention of controller-runtime's envtest), else what Go builds once from pinned modules. */
export async function findBinaries(onProgress: (text: string) => void, signal: AbortSignal): Promise<FoundBinaries> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets !== undefined && assets !== "") {
    const missing = await missingIn(assets);
    if (missing.length > 0) {
      throw new Error(`KUBEBUILDER_ASSETS: "${assets}" lacks ${missing.join(", ")}; add them there, or unset it`);
    }
    return { binaries: binariesIn(assets), origin: "KUBEBUILDER_ASSETS" };
  }
  const go = await findGo();
  if (go === undefined) return { reason: HOW_TO_GET_THEM };
  const directory = await buildBinaries({
    go,
    onProgress,
    signal,
    isComplete: async (at) => isEmpty(await missingIn(at)),
  });
  return { binaries: binariesIn(directory), origin: "built by Go from pinned modules" };
}

const HOW_TO_GET_THEM =
  "there is no Go toolchain to build the control plane with. Install Go 1.24 or newer, or set KUBEBUILDER_ASSETS to a directory with " +
  `${NAMES.join(", ")} (setup-envtest of controller-runtime fetches the first two; the third comes with a Kubernetes release)`;

const isEmpty = (list: readonly unknown[]) => list.length === 0;

function binariesIn(directory: string): Binaries {
  const at = (name: (typeof NAMES)[number]) => join(directory, name);
  return {
    etcd: at("etcd"),
    "kube-apiserver": at("kube-apiserver"),
    "kube-controller-manager": at("kube-controller-manager"),
  };
}

async function missingIn(directory: string): Promise<string[]> {
  const missing: string[] = [];
  for (const name of NAMES) {
    await access(join(directory, name), constants.X_OK).catch(() => missing.push(name));
  }
  return missing;
}
