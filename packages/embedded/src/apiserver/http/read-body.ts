import type { IncomingMessage } from "node:http";
import { ApiError } from "../api-server.js";
import { badRequest } from "../object/failures.js";

/** Source: apiserver server/config.go, MaxRequestBodyBytes. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/**
 * The whole body.
 * @throws ApiError 413 as soon as it is known to be longer than {@link MAX_BODY_BYTES}; 400 when the client breaks off.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) {
        request.pause(); // the answer closes the connection
        reject(tooLarge());
      } else {
        chunks.push(chunk);
      }
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    const fail = () => reject(badRequest("the request body could not be read"));
    request.once("error", fail);
    request.once("close", fail); // of no effect once the end was seen
  });
}

function tooLarge(): ApiError {
  const message = `Request entity too large: limit is ${MAX_BODY_BYTES}`;
  return new ApiError(413, "RequestEntityTooLarge", message);
}
