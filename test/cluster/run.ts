// The real control plane as the judge of what we built: `npm run test:cluster`. One line each for what ran and what did not.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBinaries } from "./binaries/find-binaries.js";
import { runLane } from "./run-lane.js";

const write = (line: string) => process.stdout.write(`${line}\n`);
const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)));
}

const found = await findBinaries(write, stopping.signal);
if (found.binaries === undefined) {
  write(`skipped  everything: ${found.reason}`);
} else {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-cluster-"));
  try {
    write(`ran      binaries: ${found.origin}`);
    const passed = await runLane({ binaries: found.binaries, directory, write, signal: stopping.signal });
    process.exitCode = passed ? 0 : 1;
  } catch (error) {
    write(`FAILED   ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
