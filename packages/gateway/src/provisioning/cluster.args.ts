import { ArgsType, Field, Int } from "type-graphql";

@ArgsType()
export class ClusterArgs {
  @Field(() => String, { description: "The tenant's namespace." })
  declare readonly namespace: string;

  @Field(() => String, { description: "The cluster's name." })
  declare readonly name: string;
}

@ArgsType()
export class ClustersArgs {
  @Field(() => String, { description: "The tenant's namespace." })
  declare readonly namespace: string;

  @Field(() => Int, { defaultValue: 20, description: "Clusters a page, 1 to 100." })
  declare readonly first: number;

  @Field(() => String, { nullable: true, description: "A cursor of an earlier page of this list." })
  declare readonly after: string | null | undefined;
}
