import { type ExecutionResult, GraphQLError } from "graphql";

/**
 * A failing stream as one that ends with a last result holding the error, for protocols that have no message of their own for it. The
 * source is asked to end at once when the reader leaves.
 */
export function endWithError(source: AsyncIterable<ExecutionResult>): AsyncGenerator<ExecutionResult, void, undefined> {
  const results = source[Symbol.asyncIterator]();
  let ended = false;
  return {
    async next() {
      if (ended) return { done: true, value: undefined };
      try {
        const result = await results.next();
        ended = result.done === true;
        return ended ? { done: true, value: undefined } : result;
      } catch (error) {
        ended = true;
        return { done: false, value: { errors: [toGraphqlError(error)] } };
      }
    },
    async return() {
      ended = true;
      await results.return?.();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await this.return();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function toGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error("a stream was ended by something that is no error");
  return new GraphQLError(originalError.message, { originalError });
}
