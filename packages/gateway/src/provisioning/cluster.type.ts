import type { ClusterPhase, Cluster as SdkCluster, ClusterSpec as SdkClusterSpec } from "@tenantry/sdk";
import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { Condition, toCondition } from "./condition.type.js";

const CLUSTER_PHASES = {
  PENDING: "pending",
  PROVISIONING: "provisioning",
  UPDATING: "updating",
  READY: "ready",
  ATTENTION: "attention",
  DELETING: "deleting",
  UNKNOWN: "unknown",
} as const satisfies Record<string, ClusterPhase>;
registerEnumType(CLUSTER_PHASES, {
  name: "ClusterPhase",
  description: "Where a cluster stands, to show to people. Decide on `ready`.",
  valuesConfig: {
    PENDING: { description: "Accepted; the operator has not begun." },
    PROVISIONING: { description: "Being made." },
    UPDATING: { description: "Being brought to a changed spec." },
    READY: { description: "Every server answers." },
    ATTENTION: { description: "The operator waits for a person." },
    DELETING: { description: "Going away, data and all." },
    UNKNOWN: { description: "The operator says something that this gateway does not know." },
  },
});

@ObjectType({ simpleResolvers: true, description: "The data volume of each server." })
export class Storage {
  @Field(() => String, { description: "Size as a Kubernetes quantity, such as `10Gi`." })
  declare readonly size: string;
}

@ObjectType({ simpleResolvers: true, description: "One setting of `postgresql.conf`." })
export class Parameter {
  @Field(() => String, { description: "PostgreSQL's name for it, such as `max_connections`." })
  declare readonly name: string;

  @Field(() => String, { description: "Its value as `postgresql.conf` has it, with its unit if any: `64MB`." })
  declare readonly value: string;
}

@ObjectType({ simpleResolvers: true, description: "A label of the cluster's object." })
export class Label {
  @Field(() => String, { description: "The label's key." })
  declare readonly key: string;

  @Field(() => String, { description: "The label's value." })
  declare readonly value: string;
}

@ObjectType({ simpleResolvers: true, description: "What was asked for." })
export class ClusterSpec {
  @Field(() => Int, { nullable: true, description: "Servers in all: one primary, the rest standbys." })
  declare readonly instances: number | undefined;

  @Field(() => Storage, { description: "The data volume of each server." })
  declare readonly storage: Storage;

  @Field(() => Int, { nullable: true, description: "PostgreSQL's major version that was asked for, if one was." })
  declare readonly postgresVersion: number | undefined;

  @Field(() => [Parameter], { description: "`postgresql.conf` settings, ordered by name." })
  declare readonly parameters: readonly Parameter[];

  @Field(() => String, { nullable: true, description: "The first database." })
  declare readonly database: string | undefined;

  @Field(() => String, { nullable: true, description: "The role that owns it." })
  declare readonly owner: string | undefined;

  @Field(() => [String], { description: "`pg_hba.conf` lines before the default rule." })
  declare readonly hba: readonly string[];

  @Field(() => Boolean, { description: "Whether the superuser has a password." })
  declare readonly superuserAccess: boolean;
}

@ObjectType({ simpleResolvers: true, description: "One PostgreSQL: a primary and its standbys." })
export class Cluster {
  @Field(() => String, { description: "The tenant's namespace." })
  declare readonly namespace: string;

  @Field(() => String, { description: "Unique in its namespace." })
  declare readonly name: string;

  @Field(() => ID, { description: "Tells it from an earlier or later cluster of the same name." })
  declare readonly uid: string;

  @Field(() => GraphQLDateTime, { description: "When it was asked for." })
  declare readonly createdAt: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Since when it is being deleted." })
  declare readonly deletingSince: Date | undefined;

  @Field(() => [Label], { description: "Labels, ordered by key." })
  declare readonly labels: readonly Label[];

  @Field(() => ClusterSpec, { description: "What was asked for." })
  declare readonly spec: ClusterSpec;

  @Field(() => Boolean, { description: "Whether every server asked for answers, made for the present spec." })
  declare readonly ready: boolean;

  @Field(() => CLUSTER_PHASES, { description: "Where it stands, to show to people." })
  declare readonly phase: ClusterPhase;

  @Field(() => String, { nullable: true, description: "The operator's own words for the phase." })
  declare readonly phaseMessage: string | undefined;

  @Field(() => Int, { description: "Servers that answer." })
  declare readonly readyInstances: number;

  @Field(() => Int, { nullable: true, description: "PostgreSQL's major version that runs." })
  declare readonly postgresVersion: number | undefined;

  @Field(() => [Condition], { description: "What the operator observes." })
  declare readonly conditions: readonly Condition[];
}

export function toCluster(cluster: SdkCluster): Cluster {
  return {
    ...cluster,
    labels: sortedEntries(cluster.labels).map(([key, value]) => ({ key, value })),
    spec: toClusterSpec(cluster.spec),
    conditions: cluster.conditions.map(toCondition),
  };
}

function toClusterSpec(spec: SdkClusterSpec): ClusterSpec {
  const { instances, storage, postgresVersion, database, owner } = spec;
  return {
    instances,
    storage,
    postgresVersion,
    database,
    owner,
    parameters: sortedEntries(spec.parameters ?? {}).map(([name, value]) => ({ name, value })),
    hba: spec.hba ?? [],
    superuserAccess: spec.superuserAccess ?? false,
  };
}

function sortedEntries(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
