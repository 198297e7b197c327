import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCrashRounds } from "./crash-run.js";

const ROUNDS = 6;

// Finding the servers needs /proc, which Linux alone has.
test.skipIf(process.platform !== "linux")(
  "the command, killed in the middle of anything, loses nothing acknowledged and leaves no server behind",
  { timeout: 300_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "tenantry-crash-"));
    try {
      const reports = await runCrashRounds({ directory, rounds: ROUNDS, seed: 20 });
      expect(reports).toHaveLength(ROUNDS);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
);
