import { ClosingStack } from "@tenantry/embedded";
import { createTenantry } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { createKubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import { findGo } from "../binaries/go-module.js";
import { buildManager } from "../operators/cloudnative-pg/build-manager.js";
import { startManager } from "../operators/cloudnative-pg/start-manager.js";
import { acceptsOurs } from "./cloudnative-pg/accepts-ours.js";
import { acceptsSamples } from "./cloudnative-pg/accepts-samples.js";
import { generatesObjects } from "./cloudnative-pg/generates-objects.js";
import { refusesMistakes } from "./cloudnative-pg/refuses-mistakes.js";
import type { Scenario, ScenarioLane, ScenarioReport } from "./scenario.js";
import { makeScenarioNamespace } from "./scenario-namespace.js";

/** What CloudNativePG 1.30 itself says to what we write: its manager, its webhooks and its definitions, without a kubelet. */
export const cloudNativePgOperator: Scenario = { name: "cloudnative-pg", run };

async function run(lane: ScenarioLane): Promise<ScenarioReport> {
  const { controlPlane, directory, signal, onProgress } = lane;
  const go = await findGo();
  if (go === undefined) return { skipped: "there is no Go toolchain to build the operator with" };
  const manager = await buildManager(go, onProgress, signal);
  const closing = new ClosingStack();
  try {
    const transport = await createKubeconfigTransport({ kubeconfig: controlPlane.kubeconfig });
    closing.push(() => transport.close());
    const running = await startManager({ manager, controlPlane, transport, directory, signal });
    closing.push(() => running.close());
    const { namespace, principal } = await makeScenarioNamespace(transport, "cnpg");
    const tenantry = createTenantry({ transport, providers: { clusters: cloudNativePg() } });
    const { clusters } = tenantry.as(principal).namespace(namespace);
    const stage = { transport, namespace, clusters, sources: manager.sources, signal };
    const details = [
      ...(await acceptsOurs(stage)),
      ...(await refusesMistakes(stage)),
      ...(await generatesObjects(stage)),
      ...(await acceptsSamples(stage)),
    ];
    running.check();
    return { seen: ["its webhooks and its manager, version 1.30.0, as plain processes", ...details] };
  } finally {
    await closing.close();
  }
}
