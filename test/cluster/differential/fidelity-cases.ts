import { accessCases } from "./cases/access.js";
import { creatingCases } from "./cases/creating.js";
import { definitionCases } from "./cases/definitions.js";
import { deletingCases } from "./cases/deleting.js";
import { discoveryCases } from "./cases/discovery.js";
import { listingCases } from "./cases/listing.js";
import { namespaceCases } from "./cases/namespaces.js";
import { patchingCases } from "./cases/patching.js";
import { routingCases } from "./cases/routing.js";
import { schemaCases } from "./cases/schemas.js";
import { updatingCases } from "./cases/updating.js";
import { watchingCases } from "./cases/watching.js";
import type { FidelityCase } from "./fidelity-case.js";

/** Every case, in the order of its number. */
export const fidelityCases: readonly FidelityCase[] = [
  ...routingCases,
  ...discoveryCases,
  ...creatingCases,
  ...updatingCases,
  ...patchingCases,
  ...deletingCases,
  ...listingCases,
  ...watchingCases,
  ...namespaceCases,
  ...definitionCases,
  ...schemaCases,
  ...accessCases,
].toSorted((a, b) => a.number.localeCompare(b.number));
