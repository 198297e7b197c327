import { invalidArgument } from "../errors/tenantry-error.js";

/** One page of a list. Kubernetes lists run forward only. */
export interface Page<T> {
  readonly items: readonly T[];
  /** One an item: pass it as `after` to go on behind that item. */
  readonly cursors: readonly string[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | undefined;
}

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

/**
 * A place behind one item: the API server's token for the page that the item came from, how many items of that page precede the place, and
 * the item's name. The name decides, because without a token the page is read afresh and may have moved.
 */
export interface Cursor {
  readonly continue: string;
  readonly index: number;
  readonly name: string;
}

export function toCursor({ continue: token, index, name }: Cursor): string {
  return Buffer.from(JSON.stringify([token, index, name])).toString("base64url");
}

/** @throws TenantryError `invalid_argument` for what {@link toCursor} did not make. */
export function parseCursor(text: string): Cursor {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    parts = undefined;
  }
  if (Array.isArray(parts) && parts.length === 3) {
    const [token, index, name] = parts as readonly unknown[];
    if (
      typeof token === "string" &&
      typeof index === "number" &&
      Number.isInteger(index) &&
      index >= 0 &&
      index <= MAX_PAGE_SIZE * 2 &&
      typeof name === "string"
    ) {
      return { continue: token, index, name };
    }
  }
  throw invalidArgument("after", "is no cursor of this list; pass back an `endCursor` as received");
}

/** @throws TenantryError `invalid_argument` outside 1 to {@link MAX_PAGE_SIZE}. */
export function pageSize(first: number | undefined): number {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    throw invalidArgument("first", `must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  return size;
}
