import { badRequest } from "../object/failures.js";

const VERSION = "meta.k8s.io/v1";

/** Source of the form: apiserver/pkg/storage/continue.go. `after` is the last key shown, below the list's prefix. */
export function encodeContinue(revision: number, after: string): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: revision, start: `${after}\u0000` })).toString("base64url");
}

export function decodeContinue(token: string): { readonly revision: number; readonly after: string } {
  let decoded: unknown;
  if (!/^[A-Za-z0-9_-]+$/.test(token)) throw invalidToken("illegal base64 data");
  try {
    decoded = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    throw invalidToken("not a token of this server");
  }
  const { v, rv, start } = (typeof decoded === "object" && decoded !== null ? decoded : {}) as Record<string, unknown>;
  if (v !== VERSION) {
    throw invalidToken(`server does not recognize this encoded version ${String(v)}`);
  }
  if (typeof rv !== "number" || !Number.isSafeInteger(rv) || rv === 0)
    throw invalidToken("incorrect encoded start resourceVersion");
  if (typeof start !== "string" || start === "") throw invalidToken("encoded start key empty");
  if (start.split("/").some((part) => part === "..") || start.startsWith("/")) throw invalidToken(start);
  return { revision: rv, after: start.endsWith("\u0000") ? start.slice(0, -1) : start };
}

function invalidToken(why: string) {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}
