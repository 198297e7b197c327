import { callingCases } from "./calling.js";
import { customResourceCases } from "./custom-resources.js";
import { deletingCases } from "./deleting.js";
import { listingCases } from "./listing.js";
import { patchingCases } from "./patching.js";
import type { TransportCase } from "./transport-case.js";
import { watchingCases } from "./watching.js";
import { writingCases } from "./writing.js";

/**
 * What every `Transport` promises, whatever answers at its other end: the embedded API server, in process and over HTTPS, and a real
 * one. A case makes a namespace of its own and removes it, so all may run at once and on a cluster that is in use. The caller needs
 * to be allowed everything.
 */
export const transportContract: readonly TransportCase[] = [
  ...writingCases,
  ...patchingCases,
  ...deletingCases,
  ...listingCases,
  ...watchingCases,
  ...customResourceCases,
  ...callingCases,
];
