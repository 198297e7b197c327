import { statfs } from "node:fs/promises";
import { isTenantryError, TenantryError } from "@tenantry/sdk";

const NO_SPACE_CODES = new Set(["ENOSPC", "EDQUOT"]);
/** strerror(3) of the two codes above, as `cp`, `initdb` and `postgres` print them under LC_MESSAGES=C. */
const NO_SPACE_TEXT = /No space left on device|Disk quota exceeded/;

/** Whether a program's output says that the disk is full. */
export function saysNoSpace(output: string): boolean {
  return NO_SPACE_TEXT.test(output);
}

export function noSpace(path: string, cause?: unknown): TenantryError {
  return new TenantryError("resource_exhausted", `no space left on the disk of ${path}; free some, then repeat`, {
    reason: "NoSpace",
    cause,
  });
}

/** Less than a server needs to start: its files, and a WAL segment of 1 MB. */
const FULL_BELOW_BYTES = 2 * 1024 * 1024;

/**
 * A failure whose own words are missing, because the log lies on the disk that is full, or that only tells of a lost session.
 * `invalid_argument` and the like pass unchanged.
 */
export async function blameFullDisk(error: unknown, path: string): Promise<unknown> {
  if (isTenantryError(error) && error.code !== "unavailable" && error.code !== "internal") return error;
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize < FULL_BELOW_BYTES ? noSpace(path, error) : error;
}

/** The operating system's refusal as ours. What is no such refusal passes unchanged. */
export function fromSystemFailure(error: unknown, path: string): unknown {
  if (isTenantryError(error) || !(error instanceof Error)) return error;
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "string" && NO_SPACE_CODES.has(code)) return noSpace(path, error);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new TenantryError(
      "permission_denied",
      `${path} may not be written (${code}); make it writable or name another`,
      {
        reason: code,
        cause: error,
      },
    );
  }
  return error;
}
