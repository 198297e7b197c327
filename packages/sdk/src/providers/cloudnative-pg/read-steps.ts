import type { OperationStep } from "../../provisioning/operation.js";
import type { CnpgCluster } from "./cluster-object.js";
import { isBootstrapped, isReady, readPhase } from "./read-phase.js";

/** The way from an accepted object to a server that answers, told from what the operator has reported so far. */
export function readSteps(cluster: CnpgCluster): readonly OperationStep[] {
  const { spec, status } = cluster;
  const instances = spec?.instances ?? 1;
  const readyInstances = status?.readyInstances ?? 0;
  const ready = isReady(cluster);
  const reached = [
    { name: "accepted", message: "The API server holds the cluster", done: true },
    {
      name: "certificates",
      message: "The certificate authority and the server certificate",
      done: ready || (status?.certificates?.serverTLSSecret ?? "") !== "",
    },
    {
      name: "bootstrap",
      message: "The data directory, the database and its owner",
      done: ready || isBootstrapped(cluster),
    },
    {
      name: "start",
      message: `${readyInstances} of ${instances} instances answer`,
      done: ready || readyInstances >= instances,
    },
    { name: "ready", message: status?.phase ?? "Waiting for the operator", done: ready },
  ];
  const failed = readPhase(cluster) === "attention";
  const current = reached.findIndex((step) => !step.done);
  return reached.map(({ name, message, done }, index) => {
    if (done) return { name, state: "done", message };
    if (index !== current) return { name, state: "pending", message };
    const why = [status?.phase, status?.phaseReason].filter((text) => text !== undefined && text !== "").join(": ");
    return { name, state: failed ? "failed" : "running", message: why === "" ? message : why };
  });
}
