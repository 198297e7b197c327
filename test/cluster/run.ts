// The real control plane as the judge of what we built: `npm run test:cluster`. One line each for what ran and what did not. With names of
// scenarios it plays those alone: `npm run test:cluster -- --rounds=100 api-server-outage`.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findBinaries } from "./binaries/find-binaries.js";
import { runLane } from "./run-lane.js";
import { scenarios } from "./scenarios/scenarios.js";

const write = (line: string) => process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({ options: { rounds: { type: "string" } }, allowPositionals: true });
const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  throw new RangeError(
    `no scenario "${unknown.join('", "')}": there is ${scenarios.map(({ name }) => name).join(", ")}`,
  );
}
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)));
}

function fail(error: unknown): undefined {
  write(`FAILED   ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

const found = await findBinaries(write, stopping.signal).catch(fail);
if (found !== undefined && found.binaries === undefined) {
  write(`skipped  everything: ${found.reason}`);
} else if (found !== undefined) {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-cluster-"));
  try {
    write(`ran      binaries: ${found.origin}`);
    const passed = await runLane({
      binaries: found.binaries,
      directory,
      only: positionals,
      rounds,
      write,
      signal: stopping.signal,
    });
    process.exitCode = passed ? 0 : 1;
  } catch (error) {
    fail(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
