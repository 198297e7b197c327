import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PostgresBinaries } from "./binaries.js";
import type { RuntimeUser } from "./runtime-user.js";
import type { Template } from "./template.js";

/** What of pino's logger is used. */
export interface RuntimeLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What every part of one runtime shares. */
export interface RuntimeContext {
  readonly directories: RuntimeDirectories;
  readonly binaries: PostgresBinaries;
  readonly template: Template;
  readonly user: RuntimeUser;
  /** The name that this process has towards peer authentication. */
  readonly administrator: string;
  readonly startTimeoutMs: number;
  readonly logger?: RuntimeLogger | undefined;
}

/** All on one file system, so that a rename takes a home from one to another at once and whole. */
export interface RuntimeDirectories {
  /** One folder a server. */
  readonly instances: string;
  /** Copies kept ready. */
  readonly warm: string;
  /** Half made: nobody looks for anything here. */
  readonly making: string;
  /** Half removed. */
  readonly trash: string;
}

export async function openDirectories(directory: string): Promise<RuntimeDirectories> {
  const at = (name: string): string => join(directory, name);
  const directories = { instances: at("instances"), warm: at("warm"), making: at("making"), trash: at("trash") };
  for (const path of Object.values(directories)) await mkdir(path, { recursive: true, mode: 0o711 });
  return directories;
}

/** What a killed process left: removals, and copies that never became a server. To be asked before anything new is made. */
export async function findAbandoned({ making, trash }: RuntimeDirectories): Promise<readonly string[]> {
  const found = await Promise.all(
    [making, trash].map(async (path) => (await readdir(path)).map((entry) => join(path, entry))),
  );
  return found.flat();
}
