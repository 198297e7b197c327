import { monitorEventLoopDelay } from "node:perf_hooks";
import { follow, type KubernetesList, pause } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { createKubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import type { Figure, OpenFigure, Side } from "./figure.js";
import { NAMESPACE, serveClusters } from "./served-clusters.js";

const CLUSTERS = 10_000;
const TURNS_MS = 10;
const { resource } = cloudNativePg();

export const listStall: Figure = {
  name: "list-stall",
  title: `longest stall of the event loop while ${CLUSTERS} clusters of 3 KB are listed: the pages of follow against one unpaged list`,
  better: "lower",
  floor: 0.1,
  goal: 0.05,
  rounds: 7,
  open,
};

async function open(): Promise<OpenFigure> {
  const server = await serveClusters(CLUSTERS);
  const transport = await createKubeconfigTransport({ kubeconfig: server.kubeconfig });
  const whole = async () => {
    const list = await transport.send<KubernetesList>({ verb: "list", resource, namespace: NAMESPACE });
    check(list.items.length);
  };
  const paged = async () => {
    for await (const event of follow(transport, resource, { namespace: NAMESPACE })) {
      if (event.type !== "snapshot") throw new Error(`a stream begins with a snapshot, not with ${event.type}`);
      check(event.items.length);
      return;
    }
  };
  return {
    ours: stallOf(paged),
    theirs: stallOf(whole),
    close: async () => {
      transport.close();
      await server.close();
    },
  };
}

function stallOf(run: Side["run"]): Side {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  return {
    run,
    measure: async (work) => {
      delay.reset();
      delay.enable();
      try {
        await work();
        // What stalled last is seen in a later turn of the loop.
        await pause(TURNS_MS);
      } finally {
        delay.disable();
      }
      return delay.max / 1e6;
    },
  };
}

function check(items: number): void {
  if (items !== CLUSTERS) throw new Error(`expected ${CLUSTERS} clusters, got ${items}`);
}
