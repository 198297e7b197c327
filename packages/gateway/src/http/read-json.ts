import type { IncomingMessage } from "node:http";
import { MIMEType } from "node:util";

/** A body that is not taken, with the HTTP status that says so. */
export class RefusedBody extends Error {
  override readonly name = "RefusedBody";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads a JSON body of at most `maxBytes`. Another content type is left unread and gives undefined: what that means (a forged form, a
 * forgotten header) is for the GraphQL server to say.
 * @throws RefusedBody 413 above the limit, 415 for a compressed body or another charset, 400 for what is no JSON.
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const type = parseType(request.headers["content-type"]);
  if (type?.essence !== "application/json") return undefined;
  const charset = type.params.get("charset")?.toLowerCase() ?? "utf-8";
  if (charset !== "utf-8" && charset !== "utf8") throw new RefusedBody(415, "The body's charset must be utf-8.");
  if ((request.headers["content-encoding"] ?? "identity") !== "identity") {
    throw new RefusedBody(415, "Compressed bodies are not taken.");
  }
  const text = await readText(request, maxBytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedBody(400, "The body is not JSON.");
  }
}

function parseType(text: string | undefined): MIMEType | undefined {
  try {
    return text === undefined ? undefined : new MIMEType(text);
  } catch {
    return undefined;
  }
}

async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function tooLarge(maxBytes: number): RefusedBody {
  return new RefusedBody(413, `The body is larger than ${maxBytes} bytes.`);
}
