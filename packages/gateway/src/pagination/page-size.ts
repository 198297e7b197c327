import { invalidArgument } from "@tenantry/sdk";

/** Smaller than the SDK's own: an answer is built whole before it is sent. */
const MAX_FIRST = 100;

/** @throws TenantryError `invalid_argument` outside 1 to {@link MAX_FIRST}. */
export function toPageSize(first: number): number {
  if (!(first >= 1 && first <= MAX_FIRST)) throw invalidArgument("first", `must be from 1 to ${MAX_FIRST}`);
  return first;
}
