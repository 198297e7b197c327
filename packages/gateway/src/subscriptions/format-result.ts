import type { FormattedExecutionResult, GraphQLError } from "graphql";
import type { ErrorFormatter } from "../error.js";

/** An `ExecutionResult` as each of the two libraries declares it for itself. */
export interface UnformattedResult {
  readonly errors?: readonly GraphQLError[] | undefined;
}

/** One result as a client may see it. */
export function formatResult(result: UnformattedResult, formatError: ErrorFormatter): FormattedExecutionResult {
  const { errors, ...rest } = result;
  const formatted = errors?.map((error) => formatError(error.toJSON(), error));
  return { ...rest, ...(formatted && { errors: formatted }) };
}
