import assert from "node:assert/strict";
import { type FieldViolation, isTenantryError, type TenantryError } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { SPEC } from "./accepts-ours.js";
import type { Stage } from "./stage.js";

/** Refusals come out as `invalid_argument` with the caller's field, warnings reach `onWarning`. */
export async function refusesMistakes(stage: Stage): Promise<readonly string[]> {
  const { clusters, signal } = stage;
  const storage = { size: "1Gi" };
  const mistakes: readonly (readonly [what: string, field: string, error: TenantryError])[] = [
    [
      "a parameter of the operator's own",
      "parameters.archive_command",
      await refusal(clusters.create("fixed", { storage, parameters: { archive_command: "true" } }, { signal })),
    ],
    ["a volume that shrinks", "storage", await refusal(clusters.apply("created", { ...SPEC, storage }, { signal }))],
    ["a name that is too long", "name", await refusal(clusters.create("n".repeat(51), { storage }, { signal }))],
    [
      "a wal_level below what three instances need",
      "parameters.wal_level",
      await refusal(
        clusters.create("level", { storage, instances: 3, parameters: { wal_level: "minimal" } }, { signal }),
      ),
    ],
  ];
  for (const [what, field, { code, violations }] of mistakes) {
    assert.equal(code, "invalid_argument", what);
    assert.ok(
      violations.some((violation) => violation.field === field),
      `${what}: expected a violation of "${field}", got ${inWords(violations)}`,
    );
  }
  return [
    ...mistakes.map(([what, , { message }]) => `refused, ${what}: ${message}`),
    ...(await refusesNativeMistakes(stage)),
    ...(await warns(stage)),
  ];
}

/** What the SDK would not send, or catches before it is sent: the operator's own word for it. */
async function refusesNativeMistakes({ transport, namespace, signal }: Stage): Promise<readonly string[]> {
  const { resource } = cloudNativePg();
  const send = (name: string, spec: object) =>
    transport.send({
      verb: "create",
      resource,
      namespace,
      body: { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: { name, namespace }, spec },
      dryRun: true,
      signal,
    });
  const storage = { size: "1Gi" };
  const mistakes: readonly (readonly [what: string, field: string, error: TenantryError])[] = [
    [
      "an image without a version",
      "spec.imageName",
      await refusal(send("image", { storage, imageName: "postgresql:latest" })),
    ],
    ["a name of 51 characters", "metadata.name", await refusal(send("n".repeat(51), { storage }))],
    [
      "a parameter of its own",
      "spec.postgresql.parameters.archive_command",
      await refusal(send("fixed", { storage, postgresql: { parameters: { archive_command: "true" } } })),
    ],
  ];
  for (const [what, field, { code, violations }] of mistakes) {
    assert.equal(code, "invalid_argument", what);
    assert.ok(
      violations.some((violation) => violation.field === field),
      `${what}: expected a violation of "${field}", got ${inWords(violations)}`,
    );
  }
  return mistakes.map(([what, , { message }]) => `refused natively, ${what}: ${message}`);
}

async function warns({ clusters, signal }: Stage): Promise<readonly string[]> {
  const warnings: string[] = [];
  const spec = { storage: { size: "1Gi" }, parameters: { shared_buffers: "128" } };
  await clusters.create("warned", spec, { onWarning: (text) => warnings.push(text), signal });
  assert.ok(
    warnings.some((text) => text.includes("shared_buffers")),
    `onWarning was not told about shared_buffers, but ${JSON.stringify(warnings)}`,
  );
  return [`${warnings.length} warning reached onWarning: ${warnings.join(" | ")}`];
}

async function refusal(call: Promise<unknown>): Promise<TenantryError> {
  let accepted: unknown;
  try {
    accepted = await call;
  } catch (error) {
    if (isTenantryError(error)) return error;
    throw error;
  }
  throw new Error(`a mistake was accepted: ${JSON.stringify(accepted)}`);
}

function inWords(violations: readonly FieldViolation[]): string {
  return violations.map(({ field, message }) => `"${field}": ${message}`).join("; ") || "none";
}
