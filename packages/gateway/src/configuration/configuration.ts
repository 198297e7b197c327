import { z } from "zod";
import { SIGNATURE_ALGORITHMS, TOKEN_TYPES } from "../auth/auth-options.js";

/**
 * The configuration file of `tenantry serve`. This checks its form (what is not listed here is a mistake, most often of spelling);
 * what the values mean is checked by the parts that they are for, which name the same paths.
 */
const text = z.string().min(1, "must not be empty");
const wholeNumber = z.int("must be a whole number").min(1, "must be at least 1");
const claimPath = z.union(
  [text, z.array(text).min(1)],
  "must be a claim's name or a list of names, from the outside in",
);
const prefixedGrants = z.strictObject({ claim: claimPath, prefix: text });

const keySet = z.union(
  [
    z.strictObject({
      uri: text,
      timeoutMs: wholeNumber.optional(),
      cooldownMs: wholeNumber.optional(),
      maxAgeMs: wholeNumber.optional(),
    }),
    z.strictObject({ file: text }),
    z.strictObject({ keys: z.array(z.looseObject({})) }),
  ],
  "must be one of {uri: …}, {file: …} and {keys: […]}",
);

const issuer = z.strictObject({
  issuer: text,
  audience: text,
  acceptSharedAudience: z.boolean().optional(),
  algorithms: z.array(z.enum(SIGNATURE_ALGORITHMS)).min(1, `choose from ${SIGNATURE_ALGORITHMS.join(", ")}`),
  jwks: keySet,
  tokenTypes: z.array(z.enum(TOKEN_TYPES)).min(1).optional(),
  subjectKind: z.enum(["user", "serviceIdentity"]).optional(),
  claims: z.strictObject({
    namespaces: claimPath.optional(),
    account: claimPath.optional(),
    groups: prefixedGrants.optional(),
    scopes: prefixedGrants.optional(),
  }),
});

export const CONFIGURATION = z.strictObject({
  listen: z
    .strictObject({
      host: text.optional(),
      port: z.int("must be a whole number").min(0).max(65_535, "must be a port, 0 to 65535").optional(),
    })
    .optional(),
  kubernetes: z.strictObject({ kubeconfig: text.optional(), context: text.optional() }).optional(),
  provider: z.enum(["cloudnative-pg"]).optional(),
  auth: z.strictObject({
    issuers: z.array(issuer).min(1, "needs at least one issuer; without one nobody could sign in"),
    clockToleranceSeconds: z.number().optional(),
    maxLifetimeSeconds: z.number().optional(),
    cacheSeconds: z.number().optional(),
  }),
  roles: z.record(text, z.array(text)).optional(),
  limits: z.record(text, z.number()).optional(),
  introspection: z.boolean().optional(),
  cors: z.strictObject({ origins: z.array(text) }).optional(),
});

export type Configuration = z.infer<typeof CONFIGURATION>;
