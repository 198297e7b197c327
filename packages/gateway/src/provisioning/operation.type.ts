import type { OperationKind, OperationPhase, Operation as SdkOperation, OperationStep as SdkStep } from "@tenantry/sdk";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { Condition, toCondition } from "./condition.type.js";

const OPERATION_KINDS = { CREATE: "create", DELETE: "delete" } as const satisfies Record<string, OperationKind>;
registerEnumType(OPERATION_KINDS, { name: "OperationKind", description: "What an operation does." });

const OPERATION_PHASES = {
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
} as const satisfies Record<string, OperationPhase>;
registerEnumType(OPERATION_PHASES, {
  name: "OperationPhase",
  description: "Where an operation stands.",
  valuesConfig: {
    RUNNING: { description: "Work is going on." },
    SUCCEEDED: { description: "The end is reached." },
    FAILED: { description: "The operator waits for a person; the step that failed says why." },
  },
});

const STEP_STATES = {
  PENDING: "pending",
  RUNNING: "running",
  DONE: "done",
  FAILED: "failed",
} as const satisfies Record<string, SdkStep["state"]>;
registerEnumType(STEP_STATES, { name: "OperationStepState", description: "Where one step stands." });

@ObjectType({ simpleResolvers: true, description: "One thing that has to happen, in the order in which it is shown." })
export class OperationStep {
  @Field(() => String, {
    description: "Stable word for programs, such as `accepted`, `certificates`, `bootstrap`, `ready`.",
  })
  declare readonly name: string;

  @Field(() => STEP_STATES, { description: "Where the step stands." })
  declare readonly state: SdkStep["state"];

  @Field(() => String, { description: "For people: what happens now, or what went wrong." })
  declare readonly message: string;
}

@ObjectType({ simpleResolvers: true, description: "What an operation works on." })
export class OperationTarget {
  @Field(() => String, { description: "The kind of thing, such as `Cluster`." })
  declare readonly kind: string;

  @Field(() => String, { description: "Its namespace." })
  declare readonly namespace: string;

  @Field(() => String, { description: "Its name." })
  declare readonly name: string;

  @Field(() => ID, { description: "Tells it from an earlier or later one of the same name." })
  declare readonly uid: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "Long work. It goes on whether or not anybody asks for it, and any replica of the gateway can answer for it.",
})
export class Operation {
  @Field(() => ID, { description: "Opaque; give it back to `operation` and `operationProgress`." })
  declare readonly id: string;

  @Field(() => OPERATION_KINDS, { description: "What it does." })
  declare readonly kind: OperationKind;

  @Field(() => OPERATION_PHASES, { description: "Where it stands as a whole." })
  declare readonly phase: OperationPhase;

  @Field(() => [OperationStep], { description: "What has to happen, in order." })
  declare readonly steps: readonly OperationStep[];

  @Field(() => [Condition], { description: "What the operator observes." })
  declare readonly conditions: readonly Condition[];

  @Field(() => OperationTarget, { description: "What it works on." })
  declare readonly target: OperationTarget;
}

export function toOperation(operation: SdkOperation): Operation {
  return { ...operation, conditions: operation.conditions.map(toCondition) };
}
