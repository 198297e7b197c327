/**
 * Every way a call can fail, with what it becomes over HTTP and GraphQL and whether waiting may help.
 *
 * Adding a code is a minor release, re-mapping one a major.
 */
export const ERROR_CODES = {
  invalid_argument: { httpStatus: 400, graphqlCode: "BAD_USER_INPUT", retryable: false },
  unauthenticated: { httpStatus: 401, graphqlCode: "UNAUTHENTICATED", retryable: false },
  permission_denied: { httpStatus: 403, graphqlCode: "FORBIDDEN", retryable: false },
  not_found: { httpStatus: 404, graphqlCode: "NOT_FOUND", retryable: false },
  already_exists: { httpStatus: 409, graphqlCode: "ALREADY_EXISTS", retryable: false },
  conflict: { httpStatus: 409, graphqlCode: "CONFLICT", retryable: false },
  expired: { httpStatus: 410, graphqlCode: "EXPIRED", retryable: false },
  resource_exhausted: { httpStatus: 429, graphqlCode: "RESOURCE_EXHAUSTED", retryable: true },
  internal: { httpStatus: 500, graphqlCode: "INTERNAL_SERVER_ERROR", retryable: false },
  unimplemented: { httpStatus: 501, graphqlCode: "UNIMPLEMENTED", retryable: false },
  unavailable: { httpStatus: 503, graphqlCode: "UNAVAILABLE", retryable: true },
  /** The caller's time is spent and the effect unknown, so repeating is the caller's decision. */
  deadline_exceeded: { httpStatus: 504, graphqlCode: "DEADLINE_EXCEEDED", retryable: false },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
