import { Field, ObjectType } from "type-graphql";
import { Operation } from "./operation.type.js";

@ObjectType({
  simpleResolvers: true,
  description: "The deletion is accepted; the servers and their data go while the operation runs.",
})
export class DeleteClusterPayload {
  @Field(() => Operation, { description: "Follow it with `operationProgress`, or ask again with `operation`." })
  declare readonly operation: Operation;
}
