import type { Operation as SdkOperation } from "@tenantry/sdk";
import { Arg, Ctx, ID, Query, Resolver, Root, Subscription } from "type-graphql";
import type { GatewayContext } from "../context.js";
import { Operation, toOperation } from "./operation.type.js";

@Resolver(() => Operation)
export class OperationResolver {
  @Query(() => Operation, {
    nullable: true,
    description: "Where long work stands. Needs `clusters:get` in its namespace.",
  })
  async operation(
    @Arg("id", () => ID, { description: "As a mutation returned it." }) id: string,
    @Ctx() { tenantry, signal }: GatewayContext,
  ): Promise<Operation> {
    return toOperation(await tenantry.operations.get(id, { signal }));
  }

  @Subscription(() => Operation, {
    description:
      "The operation as it is, then each time it changes, until it has succeeded or failed. Needs `clusters:watch` in its namespace.",
    subscribe: ({ args, context }: { args: { id: string }; context: GatewayContext }) =>
      context.tenantry.operations.follow(args.id, { signal: context.signal }),
  })
  operationProgress(
    @Root() operation: SdkOperation,
    @Arg("id", () => ID, { description: "As a mutation returned it." }) _id: string,
  ): Operation {
    return toOperation(operation);
  }
}
