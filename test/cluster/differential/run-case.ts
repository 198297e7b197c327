import { pause } from "@tenantry/sdk";
import type { FidelityCase, ScriptedRequest, Settled } from "./fidelity-case.js";
import { fillIn } from "./fill-in.js";
import { Normaliser } from "./normaliser.js";
import { readPath } from "./read-path.js";
import { type RawAnswer, sendRequest, type Target } from "./send-request.js";

/** What one server said, ready to be compared. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const HEADERS = ["content-type", "cache-control", "retry-after", "x-content-type-options", "location"];
const PATIENCE_MS = 20_000;
const STEP_MS = 100;

/** Puts the whole script to one server. `namespace` is made for it when the script speaks of one. */
export async function runCase(target: Target, { requests }: FidelityCase, namespace: string): Promise<Answer[]> {
  if (JSON.stringify(requests).includes("<<ns>>")) await createNamespace(target, namespace);
  const normaliser = new Normaliser();
  const bodies: unknown[] = [];
  const answers: Answer[] = [];
  for (const scripted of requests) {
    let request: ScriptedRequest;
    try {
      request = fillIn(scripted, { namespace, bodies });
    } catch (error) {
      // An earlier answer lacks what this request needs: an outcome as good as any.
      return [...answers, { status: 0, headers: {}, body: { message: (error as Error).message } }];
    }
    const answer = await settled(target, request);
    bodies.push(answer.body);
    answers.push(readAnswer(answer, request, normaliser));
  }
  return answers;
}

async function createNamespace(target: Target, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  const { status } = await sendRequest(target, { method: "POST", path: "/api/v1/namespaces", body });
  if (status !== 201) throw new Error(`namespace "${name}" could not be made: ${status}`);
}

/** Answers change for a while where controllers are at work. The last one counts, whether or not it is what was waited for. */
async function settled(target: Target, request: ScriptedRequest): Promise<RawAnswer> {
  const { until } = request;
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await sendRequest(target, request);
    if (until === undefined || isSettled(answer, until) || Date.now() > giveUpAt) return answer;
    await pause(STEP_MS);
  }
}

function isSettled({ status, body }: RawAnswer, until: Settled): boolean {
  return "status" in until ? status === until.status : readPath(body, until.path) === until.equals;
}

function readAnswer(answer: RawAnswer, { only, headersToo = [] }: ScriptedRequest, normaliser: Normaliser): Answer {
  const { status, body, warnings } = answer;
  const headers: Record<string, string> = {};
  for (const name of [...HEADERS, ...headersToo]) {
    const value = answer.headers[name];
    if (value !== undefined) headers[name] = normaliser.text(String(value));
  }
  warnings.forEach((warning, index) => {
    headers[`warning ${index}`] = normaliser.text(warning);
  });
  const normal = normaliser.normalise(body);
  return { status, headers, body: only === undefined ? normal : partOf(normal, only) };
}

function partOf(body: unknown, paths: readonly string[]): unknown {
  return Object.fromEntries(paths.map((path) => [path, readPath(body, path)]));
}
