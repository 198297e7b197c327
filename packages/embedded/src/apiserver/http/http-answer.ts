import type { IncomingMessage, ServerResponse } from "node:http";

/** A finished answer as a value, so that everything but watches is a function from request to answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** Kubernetes' own words for a path that nothing serves: text, not a Status. Clients tell the two apart. */
export const NOT_SERVED: HttpAnswer = text(404, "404 page not found\n");

export function text(status: number, body: string): HttpAnswer {
  return {
    status,
    headers: { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" },
    body,
  };
}

export function json(status: number, body: unknown, headers: HttpAnswer["headers"] = {}): HttpAnswer {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: `${JSON.stringify(body)}\n` };
}

/** Writes the answer, without its body for HEAD and 304. Nothing happens when the client is already gone. */
export function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
  if (response.headersSent || response.destroyed) return;
  for (const [name, value] of Object.entries(answer.headers)) {
    response.setHeader(name, typeof value === "string" ? value : [...value]);
  }
  response.statusCode = answer.status;
  // Bytes, not text: Node sends text in one piece with the headers and would encode those as UTF-8 once more.
  const body = Buffer.from(answer.body, "utf8");
  if (answer.status !== 304) response.setHeader("Content-Length", body.length);
  // What is left of a body that we refused to read cannot be told from the next request: give up the connection.
  if (!request.complete && hasBody(request)) response.setHeader("Connection", "close");
  response.end(request.method === "HEAD" || answer.status === 304 ? undefined : body);
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}
