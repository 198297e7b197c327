import { type ClusterSpec, invalidArgument } from "@tenantry/sdk";
import { Field, InputType, Int } from "type-graphql";

@InputType({ description: "The data volume of each server." })
export class StorageInput {
  @Field(() => String, { description: "Size as a Kubernetes quantity, such as `10Gi` or `500M`." })
  declare readonly size: string;
}

@InputType({ description: "One setting of `postgresql.conf`." })
export class ParameterInput {
  @Field(() => String, { description: "PostgreSQL's name for it, such as `max_connections`." })
  declare readonly name: string;

  @Field(() => String, { description: "Its value, with its unit if any: `64MB`." })
  declare readonly value: string;
}

@InputType({ description: "A new PostgreSQL cluster." })
export class CreateClusterInput {
  @Field(() => String, { description: "The tenant's namespace. It must exist." })
  declare readonly namespace: string;

  @Field(() => String, {
    description:
      "Lower case letters, digits and `-`, starting with a letter, at most 50 characters; unique in its namespace.",
  })
  declare readonly name: string;

  @Field(() => StorageInput, { description: "The data volume of each server. It may grow later, never shrink." })
  declare readonly storage: StorageInput;

  @Field(() => Int, {
    nullable: true,
    description: "Servers in all: one primary, the rest standbys. At least 1; the operator's default when absent.",
  })
  declare readonly instances: number | null | undefined;

  @Field(() => Int, {
    nullable: true,
    description: "PostgreSQL's major version, such as 18. The operator's default when absent.",
  })
  declare readonly postgresVersion: number | null | undefined;

  @Field(() => [ParameterInput], {
    nullable: true,
    description: "`postgresql.conf` settings. The operator keeps some for itself and refuses them.",
  })
  declare readonly parameters: readonly ParameterInput[] | null | undefined;

  @Field(() => String, { nullable: true, description: "The first database, `app` when absent. Fixed once created." })
  declare readonly database: string | null | undefined;

  @Field(() => String, {
    nullable: true,
    description: "The role that owns it; the database's name when absent. Fixed once created.",
  })
  declare readonly owner: string | null | undefined;

  @Field(() => [String], {
    nullable: true,
    description: "`pg_hba.conf` lines before the default rule. Needs the permission `clusters:configureHba`.",
  })
  declare readonly hba: readonly string[] | null | undefined;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the superuser gets a password; not when absent. Needs the permission `clusters:enableSuperuser`.",
  })
  declare readonly superuserAccess: boolean | null | undefined;

  @Field(() => String, {
    nullable: true,
    description:
      "Makes a repetition harmless: the same key and the same input give the first call's cluster. 1 to 128 printable ASCII characters.",
  })
  declare readonly idempotencyKey: string | null | undefined;
}

export function toClusterSpec(input: CreateClusterInput): ClusterSpec {
  return {
    storage: { size: input.storage.size },
    instances: input.instances ?? undefined,
    postgresVersion: input.postgresVersion ?? undefined,
    parameters: input.parameters ? toParameters(input.parameters) : undefined,
    database: input.database ?? undefined,
    owner: input.owner ?? undefined,
    hba: input.hba ?? undefined,
    superuserAccess: input.superuserAccess ?? undefined,
  };
}

/** A list in GraphQL, which has no maps; a map in the SDK, so a name may come once. */
function toParameters(parameters: readonly ParameterInput[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const [index, { name, value }] of parameters.entries()) {
    if (values.has(name)) throw invalidArgument(`parameters[${index}].name`, `"${name}" is given twice`);
    values.set(name, value);
  }
  return Object.fromEntries(values);
}
