import { invalidArgument } from "@tenantry/sdk";

/** What one GraphQL operation may ask for. Known and refused before anything is executed. */
export interface QueryLimits {
  /** Words and signs of the document. */
  readonly tokens: number;
  /** Fields below one another, through fragments. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields of Query, Mutation or Subscription. */
  readonly rootFields: number;
  /** Fields in the answer, counting a page as often as its `first` says and costly fields several times. */
  readonly cost: number;
}

export interface GatewayLimits extends QueryLimits {
  /** Of a request's body, and of a WebSocket message. */
  readonly bodyBytes: number;
  /** How long a query or mutation may take. Streams end with their token instead. */
  readonly requestMs: number;
  /** Streams at once, WebSocket connections and event streams together. */
  readonly streams: number;
  /** Running operations of one WebSocket connection. */
  readonly subscriptions: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  tokens: 1_000,
  depth: 10,
  aliases: 15,
  directives: 20,
  rootFields: 10,
  cost: 5_000,
  bodyBytes: 100 * 1024,
  requestMs: 30_000,
  streams: 1_000,
  subscriptions: 100,
};

/** Some of the limits; the rest are {@link DEFAULT_LIMITS}. */
export type GivenLimits = { readonly [K in keyof GatewayLimits]?: number | undefined };

/** @throws TenantryError `invalid_argument` naming the setting. */
export function toLimits(given: GivenLimits = {}): GatewayLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      throw invalidArgument(`limits.${name}`, `is no limit; there are ${Object.keys(DEFAULT_LIMITS).join(", ")}`);
    }
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw invalidArgument(`limits.${name}`, "must be a whole number of at least 1");
    }
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(set) };
}
