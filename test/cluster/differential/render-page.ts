import type { Difference } from "./compare-answers.js";
import type { FidelityCase, ScriptedRequest } from "./fidelity-case.js";
import type { Answer } from "./run-case.js";

export interface CaseReport {
  readonly fidelityCase: FidelityCase;
  readonly real: readonly Answer[];
  readonly embedded: readonly Answer[];
  readonly differences: readonly Difference[];
}

const LONGEST = 160;
/** What is shown before the place where two long texts part. */
const CONTEXT = 30;
/** Differences of one case that the page shows. */
const MOST = 8;

/** The page that tells how near the embedded API server is to the real one. The same outcome gives the same text. */
export function renderPage(version: string, reports: readonly CaseReport[]): string {
  const equal = reports.filter(({ differences }) => differences.length === 0).length;
  const limits = reports.filter(isKnownLimit).length;
  return [
    "# The embedded API server against a real one",
    "",
    "Written by `npm run test:cluster`; do not edit. Each case is a script of HTTP requests that was put to a real kube-apiserver " +
      `(${version}, with etcd and the controller manager) and to the embedded server. Status, headers, reason, message, details and body were compared, after ` +
      "uids, times, versions and random names were replaced.",
    "",
    `${reports.length} cases: ${equal} equal, ${limits} known limits, ${reports.length - equal - limits} bugs.`,
    "",
    "| number | case | real | embedded | equal |",
    "| --- | --- | --- | --- | --- |",
    ...reports.map(row),
    "",
    ...details(reports),
  ].join("\n");
}

export function isKnownLimit({ differences, fidelityCase }: CaseReport): boolean {
  return differences.length > 0 && fidelityCase.limit !== undefined;
}

function row(report: CaseReport): string {
  const { fidelityCase, real, embedded, differences } = report;
  const [first] = differences;
  const shown = first?.request ?? real.length - 1;
  const cells = [
    fidelityCase.number,
    text(fidelityCase.title),
    summary(real[shown]),
    summary(embedded[shown]),
    verdict(report),
  ];
  return `| ${cells.join(" | ")} |`;
}

function verdict({ differences, fidelityCase }: CaseReport): string {
  if (differences.length === 0) return "yes";
  return fidelityCase.limit === undefined ? "no: bug" : `no: known limit, ${text(fidelityCase.limit)}`;
}

function summary(answer: Answer | undefined): string {
  if (answer === undefined) return "nothing";
  const { reason, message, kind } = (answer.body ?? {}) as Readonly<Record<string, unknown>>;
  const words = [answer.status, kind === "Status" ? (reason ?? "") : ""].filter((word) => word !== "").join(" ");
  return kind === "Status" && typeof message === "string" && message !== "" ? `${words} ${code(message)}` : words;
}

function details(reports: readonly CaseReport[]): string[] {
  const differing = reports.filter(({ differences }) => differences.length > 0);
  if (differing.length === 0) return [];
  const lines = differing.flatMap(({ fidelityCase: { number, title, requests }, differences }) => {
    const shown = differences.slice(0, MOST).map((difference) => line(requests[difference.request], difference));
    const more = differences.length > MOST ? [`- and ${differences.length - MOST} more`] : [];
    return [`### ${number}: ${text(title)}`, "", ...shown, ...more, ""];
  });
  return ["## Where they differ", "", ...lines];
}

function line(request: ScriptedRequest | undefined, { where, real, embedded }: Difference): string {
  const same = commonPrefix(real ?? "", embedded ?? "");
  const { method = "", path = "" } = request ?? {};
  const differing = `real ${value(real, same)}, embedded ${value(embedded, same)}`;
  return `- ${code(`${method} ${path}`)}, ${code(where)}: ${differing}`;
}

/** Long texts are shown from shortly before the place where they part. */
function value(content: string | undefined, same: number): string {
  if (content === undefined) return "nothing";
  const from = content.length > LONGEST && same > CONTEXT ? same - CONTEXT : 0;
  return code(from === 0 ? content : `…${content.slice(from)}`);
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function code(content: string): string {
  const short = content.length > LONGEST ? `${content.slice(0, LONGEST - 1)}…` : content;
  const safe = short.replaceAll("\n", "⏎").replaceAll("|", "\\|");
  return safe.includes("`") ? `\`\` ${safe} \`\`` : `\`${safe}\``;
}

function text(content: string): string {
  return content.replaceAll("|", "\\|").replaceAll("\n", " ");
}
