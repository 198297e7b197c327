import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClosingStack } from "@tenantry/embedded";
import { createKubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import type { Binaries } from "./binaries/find-binaries.js";
import { startControlPlane } from "./control-plane/start-control-plane.js";
import { fidelityCases } from "./differential/fidelity-cases.js";
import { isKnownLimit, renderPage } from "./differential/render-page.js";
import { runDifferential } from "./differential/run-differential.js";
import { targetOf } from "./differential/send-request.js";
import { startEmbeddedServer } from "./embedded-server.js";
import { type ContractReport, runContract } from "./run-contract.js";
import { playScenarios } from "./scenarios/play-scenarios.js";

const FIDELITY_PAGE = fileURLToPath(new URL("../../docs/fidelity.md", import.meta.url));

export interface LaneOptions {
  readonly binaries: Binaries;
  /** For everything that is written while it runs. */
  readonly directory: string;
  /** Names of the scenarios to play, and nothing else; everything when empty. */
  readonly only: readonly string[];
  /** How often scenarios repeat what chance decides; few times when absent. */
  readonly rounds?: number | undefined;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Starts both control planes, puts the same questions to each, and stops them. Resolves with whether all is as it should be. */
export async function runLane({ binaries, directory, only, rounds, write, signal }: LaneOptions): Promise<boolean> {
  const closing = new ClosingStack();
  let passed = true;
  const contract = (where: string, { passed: kept, failures }: ContractReport) => {
    write(
      `${failures.length === 0 ? "ran     " : "FAILED  "} transport contract, ${where}: ${kept} promises kept, ${failures.length} broken`,
    );
    for (const { name, error } of failures) write(`           ${name}: ${firstLineOf(error)}`);
    passed &&= failures.length === 0;
  };
  try {
    const startedAt = Date.now();
    const real = await startControlPlane(binaries, join(directory, "real"), signal);
    closing.push(() => real.close());
    write(
      `ran      etcd, kube-apiserver, kube-controller-manager: ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
    );
    const play = { controlPlane: real, only, rounds, directory: join(directory, "scenarios"), write, signal };
    if (only.length > 0) return await playScenarios(play);
    const embedded = await startEmbeddedServer(join(directory, "embedded"));
    closing.push(() => embedded.close());

    const connect = async (kubeconfig: string) => {
      const transport = await createKubeconfigTransport({ kubeconfig });
      closing.push(() => transport.close());
      return transport;
    };
    const { store } = embedded;
    const lane = { expireHistory: () => store.compact(store.revision()) };
    contract("embedded in process", await runContract(embedded.apiServer.transport, lane, signal));
    contract("embedded over HTTPS", await runContract(await connect(embedded.kubeconfig), lane, signal));
    contract("real API server", await runContract(await connect(real.kubeconfig), {}, signal));

    const targets = [
      targetOf(real.url, real.files.certificateAuthority, {
        admin: real.files.adminToken,
        stranger: real.files.strangerToken,
      }),
      targetOf(embedded.url, embedded.certificateAuthority, {
        admin: embedded.adminToken,
        stranger: embedded.strangerToken,
      }),
    ] as const;
    for (const { agent } of targets) closing.push(() => agent.destroy());
    const reports = await runDifferential(...targets, fidelityCases, signal);
    await writeFile(FIDELITY_PAGE, renderPage("1.34", reports));
    const bugs = reports.filter((report) => report.differences.length > 0 && !isKnownLimit(report));
    write(`ran      differential cases: ${reports.length} compared, ${bugs.length} differ`);
    return (await playScenarios(play)) && passed;
  } finally {
    await closing.close();
  }
}

function firstLineOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? ` <- ${firstLineOf(error.cause)}` : "";
  return `${error instanceof Error ? error.message.split("\n").slice(0, 12).join(" / ") : String(error)}${cause}`;
}
