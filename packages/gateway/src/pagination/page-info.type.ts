import { Field, ObjectType } from "type-graphql";

@ObjectType({
  simpleResolvers: true,
  description: "Where a page stands in its list. Source: Relay cursor connections; lists run forward only.",
})
export class PageInfo {
  @Field(() => Boolean, { description: "Whether more items follow this page." })
  declare readonly hasNextPage: boolean;

  @Field(() => Boolean, { description: "Always false: Kubernetes lists run forward only." })
  declare readonly hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the page's first item." })
  declare readonly startCursor: string | undefined;

  @Field(() => String, {
    nullable: true,
    description: "Cursor of the page's last item: pass it as `after` for the next page.",
  })
  declare readonly endCursor: string | undefined;
}
