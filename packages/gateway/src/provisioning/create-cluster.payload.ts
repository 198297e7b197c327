import { Field, ObjectType } from "type-graphql";
import { Operation } from "./operation.type.js";

@ObjectType({ description: "The cluster is accepted; its servers come up while the operation runs." })
export class CreateClusterPayload {
  @Field(() => Operation, { description: "Follow it with `operationProgress`, or ask again with `operation`." })
  declare readonly operation: Operation;
}
