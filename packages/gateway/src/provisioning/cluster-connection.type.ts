import type { Page, Cluster as SdkCluster } from "@tenantry/sdk";
import { Field, ObjectType } from "type-graphql";
import { PageInfo } from "../pagination/page-info.type.js";
import { Cluster, toCluster } from "./cluster.type.js";

@ObjectType({ simpleResolvers: true, description: "One cluster in a page." })
export class ClusterEdge {
  @Field(() => String, { description: "Opaque: pass it as `after` to go on behind this cluster." })
  declare readonly cursor: string;

  @Field(() => Cluster, { description: "The cluster." })
  declare readonly node: Cluster;
}

@ObjectType({ simpleResolvers: true, description: "A page of clusters, ordered by name." })
export class ClusterConnection {
  @Field(() => [ClusterEdge], { description: "The clusters with their cursors." })
  declare readonly edges: readonly ClusterEdge[];

  @Field(() => [Cluster], { description: "The clusters without their cursors." })
  declare readonly nodes: readonly Cluster[];

  @Field(() => PageInfo, { description: "Where this page stands." })
  declare readonly pageInfo: PageInfo;
}

export function toClusterConnection({ items, cursors, hasNextPage, endCursor }: Page<SdkCluster>): ClusterConnection {
  const nodes = items.map(toCluster);
  return {
    edges: nodes.map((node, index) => ({ node, cursor: cursors[index] ?? "" })),
    nodes,
    pageInfo: { hasNextPage, hasPreviousPage: false, startCursor: cursors[0], endCursor },
  };
}
