import { randomUUID } from "node:crypto";
import { ERROR_CODES, isTenantryError, type TenantryError } from "@tenantry/sdk";
import { GraphQLError, type GraphQLFormattedError, Kind } from "graphql";
import type { Logger } from "pino";
import { describeError } from "./logging/describe-error.js";

export interface ErrorFormatOptions {
  readonly logger: Logger;
  /** Whether clients may know names of the schema that they did not write themselves. */
  readonly showsSchema: boolean;
}

/** @param formatted - `error` as GraphQL would show it. */
export type ErrorFormatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * The one place where errors become what a client sees. Errors of the SDK keep their code, reason and fields; errors about the
 * request itself keep their text; everything else is masked, logged, and findable by a correlation id.
 */
export function createErrorFormatter({ logger, showsSchema }: ErrorFormatOptions): ErrorFormatter {
  return (formatted, error) => {
    const cause = rootCause(error);
    if (isTenantryError(cause) && !isOurOwnFault(cause)) return toPublicError(formatted, error, cause);
    if (isAboutTheRequest(error, cause)) {
      const { http: _, stacktrace: __, ...extensions } = formatted.extensions ?? {};
      const code = isVariableError(error) ? "BAD_USER_INPUT" : (extensions.code ?? "BAD_REQUEST");
      const message = shorten(showsSchema ? formatted.message : withoutSuggestions(formatted.message));
      return { ...formatted, message, extensions: { ...extensions, code, retryable: false } };
    }
    const correlationId = randomUUID();
    logger.error({ event: "internal_error", correlationId, error: describeError(cause) }, "internal error");
    const { locations, path } = formatted;
    return {
      message: "Internal server error",
      ...(locations && { locations }),
      ...(path && { path }),
      extensions: { code: "INTERNAL_SERVER_ERROR", retryable: false, correlationId },
    };
  };
}

function toPublicError(formatted: GraphQLFormattedError, error: unknown, cause: TenantryError): GraphQLFormattedError {
  const { code, reason, resource, retryable, retryAfterMs, violations } = cause;
  const prefix = takesInput(error) ? "input." : "";
  return {
    ...formatted,
    message: cause.message.replace(`[${code}] `, ""),
    extensions: {
      code: ERROR_CODES[code].graphqlCode,
      retryable,
      ...(reason !== undefined && { reason }),
      ...(resource !== undefined && { resource }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(violations.length > 0 && {
        violations: violations.map(({ field, message }) => ({ field: prefix + field, message })),
      }),
    },
  };
}

/** The innermost error: GraphQL wraps what a resolver throws, and Apollo wraps that once more. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

/** `Unauthorized` is the API server refusing the gateway itself; the caller's own expiry has another reason. */
function isOurOwnFault({ code, reason }: TenantryError): boolean {
  return code === "internal" || (code === "unauthenticated" && reason === "Unauthorized");
}

/**
 * Syntax, validation, limits and coercion: found before any resolver ran, so without a path, or while reading a field's arguments.
 * A GraphQLError with a path is otherwise a value of ours that does not fit the schema, and quotes that value.
 */
function isAboutTheRequest(error: unknown, cause: unknown): boolean {
  if (isVariableError(error)) return true;
  if (!(error instanceof GraphQLError) || !(cause instanceof GraphQLError)) return false;
  return error.path === undefined || cause.message.startsWith('Argument "');
}

function isVariableError(error: unknown): boolean {
  return (
    error instanceof GraphQLError && error.path === undefined && error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION
  );
}

/** Whether the failed field was called with `input`, so that paths can start where the client's variables do. */
function takesInput(error: unknown): boolean {
  const node = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  return node?.kind === Kind.FIELD && node.arguments?.some(({ name }) => name.value === "input") === true;
}

/** Source of the pattern: Apollo Server's DisableSuggestions plugin, which covers HTTP alone. */
function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean(.+?)\?$/, "");
}

/** GraphQL quotes a wrong value whole, however long. */
function shorten(message: string): string {
  return message.replace(/"(?:[^"\\]|\\.){101,}"/g, '"…"').slice(0, 1_000);
}
