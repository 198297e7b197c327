import type { IncomingMessage } from "node:http";
import { fromStatus } from "../../errors/from-status.js";
import { TenantryError } from "../../errors/tenantry-error.js";
import { isStatus, type Status } from "../../kubernetes/status.js";
import { BROKEN_ANSWER, connectionError } from "./connection-error.js";

/** Longer texts are pages, not messages. */
const MAX_PLAIN_TEXT = 200;

/** Reads a whole answer. Resolves with the decoded body of a 2xx and throws what any other one means. */
export async function readAnswer(host: string, answer: IncomingMessage, signal: AbortSignal): Promise<unknown> {
  const text = await readText(host, answer, signal);
  const httpStatus = answer.statusCode ?? 0;
  const contentType = answer.headers["content-type"] ?? "";
  const isJson = /^application\/([a-z.]+\+)?json\b/.test(contentType);
  if (httpStatus >= 200 && httpStatus < 300) {
    if (!isJson) throw foreignAnswer(host, httpStatus, contentType);
    return parseJson(host, text);
  }
  const body = isJson ? tryParseJson(text) : undefined;
  const retryAfterSeconds = readRetryAfter(answer.headers["retry-after"]);
  if (isStatus(body)) {
    const { details } = body;
    throw fromStatus({
      ...body,
      code: body.code ?? httpStatus,
      details: { ...details, retryAfterSeconds: details?.retryAfterSeconds ?? retryAfterSeconds },
    });
  }
  // A proxy's page, or the server's own plain text when it is overloaded. A page may echo our headers: it is not quoted.
  const plain = contentType.startsWith("text/plain") && text.length <= MAX_PLAIN_TEXT && !/bearer|basic/i.test(text);
  const message =
    plain && text.trim() !== "" ? text.trim() : `answered HTTP ${httpStatus}, not in the words of an API server`;
  throw fromStatus({ ...FAILURE, message: `${host}: ${message}`, code: httpStatus, details: { retryAfterSeconds } });
}

const FAILURE = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" } as const satisfies Status;

async function readText(host: string, answer: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer);
  } catch (error) {
    throw signal.aborted ? signal.reason : connectionError(host, error, true);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function foreignAnswer(host: string, httpStatus: number, contentType: string): TenantryError {
  const type = contentType.split(";", 1)[0] || "no content type";
  const text = `${host} answered HTTP ${httpStatus} with ${type} instead of JSON: something in front of the API server may have answered`;
  return new TenantryError("internal", text, { reason: BROKEN_ANSWER });
}

function parseJson(host: string, text: string): unknown {
  const value = tryParseJson(text);
  if (value !== undefined) return value;
  throw new TenantryError("unavailable", `API server ${host}: the answer is no valid JSON`, { reason: BROKEN_ANSWER });
}

/** Without the parser's error: it quotes what it read. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds, or an HTTP date. */
function readRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
