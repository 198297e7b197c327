import { apiServerOutage } from "./api-server-outage.js";
import type { Scenario } from "./scenario.js";

/** In the order in which they are played. */
export const scenarios: readonly Scenario[] = [apiServerOutage];
