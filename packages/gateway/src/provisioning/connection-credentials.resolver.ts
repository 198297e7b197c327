import { Args, Ctx, Extensions, Query, Resolver } from "type-graphql";
import type { GatewayContext } from "../context.js";
import { ClusterArgs } from "./cluster.args.js";
import { ConnectionCredentials } from "./connection-details.type.js";

// A query, since it changes nothing and may be repeated. Answers carry `cache-control: no-store`; a client with a cache of its own
// has to be told (`fetchPolicy: "no-store"` in Apollo Client).
@Resolver()
export class ConnectionCredentialsResolver {
  @Extensions({ cost: 10 })
  @Query(() => ConnectionCredentials, {
    nullable: true,
    description:
      "What opens a cluster, password included: the only field that reveals one. Needs `credentials:reveal`.",
  })
  async connectionCredentials(
    @Args(() => ClusterArgs) { namespace, name }: ClusterArgs,
    @Ctx() { tenantry, signal }: GatewayContext,
  ): Promise<ConnectionCredentials> {
    return tenantry.namespace(namespace).clusters.revealCredentials(name, { signal });
  }
}
