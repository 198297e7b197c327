import { createHash } from "node:crypto";
import type { HttpAnswer } from "./http-answer.js";
import type { HttpRequest } from "./http-request.js";

/** Upper-case hex SHA-512, the digest that Kubernetes names discovery and OpenAPI documents by. */
export function digestOf(body: string): string {
  return createHash("sha512").update(body).digest("hex").toUpperCase();
}

/** A document that clients keep: 304 when theirs is still the same. */
export function answerDocument(
  request: HttpRequest,
  contentType: string,
  body: string,
  headers: HttpAnswer["headers"],
): HttpAnswer {
  const etag = `"${digestOf(body)}"`;
  const known = (request.ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(etag)) return { status: 304, headers: { ETag: etag, ...headers }, body: "" };
  return { status: 200, headers: { "Content-Type": contentType, ETag: etag, ...headers }, body };
}
