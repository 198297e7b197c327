export type { AuthOptions, IssuerOptions, KeySetSource, RemoteKeySet, TokenType } from "./auth/auth-options.js";
export type { ClaimPath, ClaimsMapping, PrefixedGrants } from "./auth/claims-mapping.js";
export { createSchema } from "./create-schema.js";
export type { CorsOptions } from "./http/cors.js";
export type { ReadinessProbe } from "./http/health.js";
export { DEFAULT_LIMITS, type GatewayLimits, type GivenLimits, type QueryLimits } from "./limits/gateway-limits.js";
export { createLogger, type LoggerOptions } from "./logging/logger.js";
export { DEFAULT_HOST, DEFAULT_PORT, type Gateway, type GatewayOptions, startGateway } from "./server.js";
