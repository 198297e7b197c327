import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { createInterface } from "node:readline";
import type { ScriptedRequest } from "./fidelity-case.js";

/** One of the two servers that are asked. */
export interface Target {
  readonly url: string;
  readonly agent: Agent;
  readonly tokens: { readonly admin: string; readonly stranger: string };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of several headers of one name. */
  readonly warnings: readonly string[];
  /** The parsed JSON; `{events, ended}` of a watch; a text of anything else. */
  readonly body: unknown;
}

/** A field manager's name where none is given. */
const USER_AGENT = "differential/1";
const PATIENCE_MS = 30_000;

export function targetOf(url: string, ca: string, tokens: Target["tokens"]): Target {
  return { url, tokens, agent: new Agent({ ca, keepAlive: true }) };
}

export async function sendRequest(target: Target, scripted: ScriptedRequest): Promise<RawAnswer> {
  const { method, body, contentType = "application/json", headers = {}, events } = scripted;
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const sent = request(`${target.url}${scripted.path}`, {
    method,
    agent: target.agent,
    headers: {
      "User-Agent": USER_AGENT,
      ...(text === undefined ? {} : { "Content-Type": contentType, "Content-Length": Buffer.byteLength(text) }),
      ...authorization(target, scripted.as),
      ...headers,
    },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  sent.end(text);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const isWatch = events !== undefined && answer.statusCode === 200;
  const read = isWatch ? await readEvents(answer, events) : parse(await readText(answer));
  const { statusCode: status = 0, headersDistinct } = answer;
  return { status, headers: answer.headers, warnings: headersDistinct.warning ?? [], body: read };
}

function authorization({ tokens }: Target, as: ScriptedRequest["as"] = "admin"): Readonly<Record<string, string>> {
  if (as === "nobody") return {};
  return { Authorization: `Bearer ${as === "forger" ? "forged" : tokens[as]}` };
}

async function readText(answer: IncomingMessage): Promise<string> {
  answer.setEncoding("utf8");
  let text = "";
  for await (const chunk of answer) text += chunk as string;
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Takes `wanted` events and leaves, or fewer when the stream ends before. */
async function readEvents(answer: IncomingMessage, wanted: number): Promise<unknown> {
  const events: unknown[] = [];
  const lines = createInterface({ input: answer });
  if (wanted === 0) {
    answer.destroy();
    return { events, ended: false };
  }
  for await (const line of lines) {
    events.push(parse(line));
    if (events.length === wanted) {
      answer.destroy();
      return { events, ended: false };
    }
  }
  return { events, ended: true };
}
