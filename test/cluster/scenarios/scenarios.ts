import { apiServerOutage } from "./api-server-outage.js";
import { cloudNativePgOperator } from "./cloudnative-pg.js";
import type { Scenario } from "./scenario.js";

/** In the order in which they are played. The definition of clusters that the operator brings serves the next one too. */
export const scenarios: readonly Scenario[] = [cloudNativePgOperator, apiServerOutage];
