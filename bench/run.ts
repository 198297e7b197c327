import { parseArgs } from "node:util";
import { type Figure, type Measurement, measure } from "./figure.js";
import { coldFirstQuery, warmFirstQuery } from "./first-query.js";
import { getOneObject } from "./get-one-object.js";
import { listStall } from "./list-stall.js";

const FIGURES: readonly Figure[] = [coldFirstQuery, warmFirstQuery, getOneObject, listStall];

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const chosen = FIGURES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
let missed = false;
for (const figure of chosen) {
  const measurement = await measure(figure);
  missed ||= !reaches(measurement, figure.floor);
  process.stdout.write(`${values.json ? toJson(measurement) : toText(measurement)}\n`);
}
process.exitCode = missed ? 1 : 0;

function reaches({ figure, ratio }: Measurement, bound: number): boolean {
  return figure.better === "lower" ? ratio <= bound : ratio >= bound;
}

function toJson({ figure: { name, better, floor, goal }, ratio }: Measurement): string {
  return JSON.stringify({ name, ratio: Number(ratio.toPrecision(3)), better, floor, goal });
}

function toText(measurement: Measurement): string {
  const { figure, ratio, oursMs, theirsMs } = measurement;
  const verdict = reaches(measurement, figure.goal)
    ? "goal reached"
    : reaches(measurement, figure.floor)
      ? "floor reached"
      : "BELOW THE FLOOR";
  return [
    `${figure.name.padEnd(20)} ${ratio.toFixed(3)}  (floor ${figure.floor}, goal ${figure.goal}, ${figure.better} is better)  ${verdict}`,
    `${"".padEnd(20)} ${oursMs.toFixed(0)} ms / ${theirsMs.toFixed(0)} ms, medians of ${figure.rounds}: ${figure.title}`,
  ].join("\n");
}
