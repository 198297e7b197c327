import { readFile } from "node:fs/promises";
import process from "node:process";
import { formatCounts, readCounts, type VitestReport } from "./read-counts.js";

const [path] = process.argv.slice(2);
if (path === undefined) throw new TypeError("usage: print-counts REPORT.json");
const counts = readCounts(JSON.parse(await readFile(path, "utf8")) as VitestReport);
process.stdout.write(`${formatCounts(counts)}\n`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
