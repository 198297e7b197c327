import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoModule, type GoModule, type GoToolchain, sourcesOf } from "../../binaries/go-module.js";

const OPERATOR = "github.com/cloudnative-pg/cloudnative-pg";
const MODULE: GoModule = {
  directory: fileURLToPath(new URL(".", import.meta.url)),
  title: "the CloudNativePG manager",
  programs: [["manager", `${OPERATOR}/cmd/manager`]],
  linkerFlags: "-s -w",
};

/** The operator's program, and the sources it was built from: definitions, webhook configurations and samples are among them. */
export interface CloudNativePgManager {
  readonly program: string;
  readonly sources: string;
}

export async function buildManager(
  go: GoToolchain,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<CloudNativePgManager> {
  const isComplete = (directory: string) =>
    access(join(directory, "manager"), constants.X_OK).then(
      () => true,
      () => false,
    );
  const directory = await buildGoModule(MODULE, { go, onProgress, signal, isComplete });
  return { program: join(directory, "manager"), sources: await sourcesOf(MODULE, OPERATOR) };
}
