import { Arg, Args, Ctx, Extensions, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import type { GatewayContext } from "../context.js";
import { toPageSize } from "../pagination/page-size.js";
import { ClusterArgs, ClustersArgs } from "./cluster.args.js";
import { Cluster, toCluster } from "./cluster.type.js";
import { ClusterConnection, toClusterConnection } from "./cluster-connection.type.js";
import { ConnectionDetails } from "./connection-details.type.js";
import { CreateClusterInput, toClusterSpec } from "./create-cluster.input.js";
import { CreateClusterPayload } from "./create-cluster.payload.js";
import { DeleteClusterInput } from "./delete-cluster.input.js";
import { DeleteClusterPayload } from "./delete-cluster.payload.js";
import { toOperation } from "./operation.type.js";

@Resolver(() => Cluster)
export class ClusterResolver {
  @Query(() => Cluster, { nullable: true, description: "One cluster. Needs `clusters:get` in the namespace." })
  async cluster(
    @Args(() => ClusterArgs) { namespace, name }: ClusterArgs,
    @Ctx() { tenantry, signal }: GatewayContext,
  ): Promise<Cluster> {
    return toCluster(await tenantry.namespace(namespace).clusters.get(name, { signal }));
  }

  @Query(() => ClusterConnection, {
    nullable: true,
    description: "Clusters of one namespace, ordered by name. Needs `clusters:list` there.",
  })
  async clusters(
    @Args(() => ClustersArgs) { namespace, first, after }: ClustersArgs,
    @Ctx() { tenantry, signal }: GatewayContext,
  ): Promise<ClusterConnection> {
    const { clusters } = tenantry.namespace(namespace);
    return toClusterConnection(await clusters.list({ first: toPageSize(first), after: after ?? undefined, signal }));
  }

  @Mutation(() => CreateClusterPayload, {
    nullable: true,
    description: "Asks for a new cluster and returns once that is accepted. Needs `clusters:create` in the namespace.",
  })
  async createCluster(
    @Arg("input", () => CreateClusterInput, { description: "What is wanted." }) input: CreateClusterInput,
    @Ctx() { tenantry, signal }: GatewayContext,
  ): Promise<CreateClusterPayload> {
    const { clusters } = tenantry.namespace(input.namespace);
    const idempotencyKey = input.idempotencyKey ?? undefined;
    const { operation } = await clusters.create(input.name, toClusterSpec(input), { idempotencyKey, signal });
    return { operation: toOperation(operation) };
  }

  @Mutation(() => DeleteClusterPayload, {
    nullable: true,
    description:
      "Deletes a cluster with its data and returns once that is accepted. Needs `clusters:delete` in the namespace.",
  })
  async deleteCluster(
    @Arg("input", () => DeleteClusterInput, { description: "Which cluster." }) input: DeleteClusterInput,
    @Ctx() { tenantry, signal }: GatewayContext,
  ): Promise<DeleteClusterPayload> {
    const { clusters } = tenantry.namespace(input.namespace);
    return { operation: toOperation(await clusters.delete(input.name, { uid: input.uid ?? undefined, signal })) };
  }

  @Extensions({ cost: 10 })
  @FieldResolver(() => ConnectionDetails, {
    nullable: true,
    description: "How to reach it. Needs `connections:get`; UNAVAILABLE until the operator has made the certificates.",
  })
  async connection(
    @Root() { namespace, name }: Cluster,
    @Ctx() { connections }: GatewayContext,
  ): Promise<ConnectionDetails> {
    return connections.load({ namespace, name });
  }
}

@Resolver(() => CreateClusterPayload)
export class CreateClusterPayloadResolver {
  @FieldResolver(() => Cluster, {
    nullable: true,
    description: "The cluster as it is now. Needs `clusters:get`, which to create one does not.",
  })
  async cluster(
    @Root() { operation: { target } }: CreateClusterPayload,
    @Ctx() { tenantry, signal }: GatewayContext,
  ): Promise<Cluster> {
    return toCluster(await tenantry.namespace(target.namespace).clusters.get(target.name, { signal }));
  }
}
