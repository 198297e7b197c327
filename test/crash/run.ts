// kill -9, over and over: `npm run test:crash -- --rounds 24 --seed 7`. Prints a table, exits 0 when nothing was lost.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type RoundReport, runCrashRounds, SITUATIONS } from "./crash-run.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "24" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    directory: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  throw new TypeError("usage: test:crash -- [--rounds N] [--seed N] [--directory DIR]");
}

const write = (line: string) => process.stdout.write(`${line}\n`);
const WIDTHS = [5, 13, 8, 10, 10, 10, 8, 7, 7];
const row = (cells: readonly (string | number)[]) =>
  cells.map((cell, index) => String(cell)[index === 1 ? "padEnd" : "padStart"](WIDTHS[index] ?? 8)).join("  ");

function toRow(report: RoundReport): string {
  const { round, situation, delayMs, unanswered, restartMs, settledMs, clusters, rows, postmasters } = report;
  return row([round, situation, delayMs, unanswered, restartMs, settledMs, clusters, rows, postmasters]);
}

const directory = values.directory ?? (await mkdtemp(join(tmpdir(), "tenantry-crash-")));
write(`${rounds} rounds, seed ${seed}, in ${directory}`);
write(
  row(["round", "killed during", "after ms", "unanswered", "restart ms", "settled ms", "clusters", "rows", "servers"]),
);
try {
  const reports = await runCrashRounds({ directory, rounds, seed, onRound: (report) => write(toRow(report)) });
  const counts = SITUATIONS.map((situation) => {
    return `${reports.filter((report) => report.situation === situation).length} ${situation}`;
  });
  write(
    `Nothing acknowledged was lost, no server was orphaned or doubled: ${reports.length} kills (${counts.join(", ")}).`,
  );
  await rm(directory, { recursive: true, force: true });
} catch (error) {
  write(`FAILED ${error instanceof Error ? error.message : String(error)}`);
  write(`The directory is kept: ${directory}. Repeat with --rounds ${rounds} --seed ${seed}.`);
  process.exitCode = 1;
}
