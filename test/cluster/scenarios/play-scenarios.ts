import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ControlPlane } from "../control-plane/start-control-plane.js";
import { scenarios } from "./scenarios.js";

export interface PlayOptions {
  readonly controlPlane: ControlPlane;
  /** All when empty. */
  readonly only: readonly string[];
  readonly rounds: number | undefined;
  readonly directory: string;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Plays one scenario after another and says in a line what was seen, or all of it of those that were asked for by name. Resolves with whether all went well. */
export async function playScenarios({ only, write, directory, ...lane }: PlayOptions): Promise<boolean> {
  let passed = true;
  for (const { name, run } of scenarios) {
    if (only.length > 0 && !only.includes(name)) continue;
    lane.signal.throwIfAborted();
    const own = join(directory, name);
    await mkdir(own, { recursive: true, mode: 0o700 });
    try {
      const onProgress = (text: string) => {
        if (only.length > 0) write(`         scenario ${name}: ${text}`);
      };
      const report = await run({ ...lane, directory: own, onProgress });
      if (report.skipped !== undefined) {
        write(`skipped  scenario ${name}: ${report.skipped}`);
        continue;
      }
      const [first, ...details] = report.seen;
      write(`ran      scenario ${name}: ${first}`);
      for (const detail of only.length > 0 ? details : []) write(`           ${detail}`);
    } catch (error) {
      passed = false;
      write(`FAILED   scenario ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return passed;
}
