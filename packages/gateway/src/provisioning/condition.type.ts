import type { Condition as SdkCondition } from "@tenantry/sdk";
import { GraphQLDateTime } from "graphql-scalars";
import { Field, ObjectType, registerEnumType } from "type-graphql";

const CONDITION_STATUSES = { TRUE: "True", FALSE: "False", UNKNOWN: "Unknown" } as const satisfies Record<
  string,
  SdkCondition["status"]
>;
registerEnumType(CONDITION_STATUSES, { name: "ConditionStatus", description: "Whether a condition holds." });

@ObjectType({ simpleResolvers: true, description: "One observation of the operator, as Kubernetes writes conditions." })
export class Condition {
  @Field(() => String, { description: "What is observed, such as `Ready`." })
  declare readonly type: string;

  @Field(() => CONDITION_STATUSES, { description: "Whether it holds." })
  declare readonly status: SdkCondition["status"];

  @Field(() => String, { nullable: true, description: "Why, in one word for programs." })
  declare readonly reason: string | undefined;

  @Field(() => String, { nullable: true, description: "Why, for people." })
  declare readonly message: string | undefined;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Since when it is so." })
  declare readonly lastTransitionTime: Date | undefined;
}

export function toCondition({ type, status, reason, message, lastTransitionTime }: SdkCondition): Condition {
  return { type, status, reason, message, lastTransitionTime: toDate(lastTransitionTime) };
}

/** An operator may write what it likes here; one odd time should not hide a cluster. */
function toDate(text: string | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
