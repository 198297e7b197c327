import { compareAnswers } from "./compare-answers.js";
import { DEFINITIONS } from "./definitions.js";
import type { FidelityCase } from "./fidelity-case.js";
import type { CaseReport } from "./render-page.js";
import { runCase } from "./run-case.js";
import { sendRequest, type Target } from "./send-request.js";

/** Cases have a namespace each, so some may run at once. */
const AT_ONCE = 4;

/** Puts every case to both servers. The reports are in the order of the cases. */
export async function runDifferential(
  real: Target,
  embedded: Target,
  cases: readonly FidelityCase[],
  signal: AbortSignal,
): Promise<CaseReport[]> {
  await Promise.all([install(real), install(embedded)]);
  const reports = new Map<FidelityCase, CaseReport>();
  const waiting = [...namespacesOf(cases)];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal.throwIfAborted();
      const [fidelityCase, namespace] = next;
      reports.set(fidelityCase, await compare(real, embedded, fidelityCase, namespace));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return cases.flatMap((fidelityCase) => reports.get(fidelityCase) ?? []);
}

async function compare(
  real: Target,
  embedded: Target,
  fidelityCase: FidelityCase,
  namespace: string,
): Promise<CaseReport> {
  try {
    const [ofReal, ofEmbedded] = await Promise.all([
      runCase(real, fidelityCase, namespace),
      runCase(embedded, fidelityCase, namespace),
    ]);
    const differences = compareAnswers(ofReal, ofEmbedded);
    return { fidelityCase, real: ofReal, embedded: ofEmbedded, differences };
  } catch (error) {
    throw new Error(`${fidelityCase.number} "${fidelityCase.title}" could not be run: ${String(error)}`, {
      cause: error,
    });
  }
}

/** The same name on both servers, because messages repeat it. */
function namespacesOf(cases: readonly FidelityCase[]): Map<FidelityCase, string> {
  const seen = new Map<string, number>();
  return new Map(
    cases.map((fidelityCase) => {
      const count = (seen.get(fidelityCase.number) ?? 0) + 1;
      seen.set(fidelityCase.number, count);
      return [fidelityCase, `${fidelityCase.number.toLowerCase()}-${count}`];
    }),
  );
}

async function install(target: Target): Promise<void> {
  for (const { definition, listPath } of DEFINITIONS) {
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const { status, body } = await sendRequest(target, { method: "POST", path, body: definition });
    if (status !== 201) throw new Error(`the definitions of the cases are refused: ${JSON.stringify(body)}`);
    await runCase(
      target,
      {
        number: "F0",
        title: "served",
        requests: [{ method: "GET", path: listPath, until: { status: 200 } }],
      },
      "unused",
    );
  }
}
