import { Field, ID, InputType } from "type-graphql";

@InputType({ description: "A cluster to delete, with its data." })
export class DeleteClusterInput {
  @Field(() => String, { description: "The tenant's namespace." })
  declare readonly namespace: string;

  @Field(() => String, { description: "The cluster's name." })
  declare readonly name: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "Delete only this very cluster: fails with CONFLICT when another one has the name by now. Makes a repetition harmless.",
  })
  declare readonly uid: string | null | undefined;
}
