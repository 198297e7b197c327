import { randomBytes } from "node:crypto";
import { NAMESPACES, type Principal, type Transport } from "@tenantry/sdk";

/** A namespace of the scenario's own, and who may do everything in it. */
export async function makeScenarioNamespace(
  transport: Transport,
  prefix: string,
): Promise<{ readonly namespace: string; readonly principal: Principal }> {
  const namespace = `${prefix}-${randomBytes(3).toString("hex")}`;
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  await transport.send({ verb: "create", resource: NAMESPACES, body });
  const subject = { kind: "user", issuer: "", name: "scenario" } as const;
  return { namespace, principal: { subject, namespaces: new Map([[namespace, ["namespace-admin"]]]), account: [] } };
}
