import {
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
} from "graphql";
import type { GatewayContext } from "../context.js";
import type { OperationCheck, OperationRequest } from "../limits/check-operation.js";

const MAX_VALIDATION_ERRORS = 20;

/** What Apollo does for HTTP, for the transports that it does not serve: the same limits, the same validation. */
export type PrepareOperation = (
  request: OperationRequest,
  context: GatewayContext,
) => ExecutionArgs | readonly GraphQLError[];

export function createPrepareOperation(
  schema: GraphQLSchema,
  check: OperationCheck,
  introspection: boolean,
): PrepareOperation {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  return (request, contextValue) => {
    try {
      const { document, operation } = check(request);
      if (operation === undefined) return [requestError("The document does not hold the operation that is named.")];
      const errors = validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS });
      if (errors.length > 0) return errors.map(({ message, nodes }) => requestError(message, nodes));
      const { operationName, variables } = request;
      return { schema, document, operationName, variableValues: variables, contextValue };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  };
}

function requestError(message: string, nodes?: GraphQLError["nodes"]): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: "GRAPHQL_VALIDATION_FAILED" } });
}
