import { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { createKubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import type { Figure, OpenFigure } from "./figure.js";
import { NAMESPACE, nameOf, serveClusters } from "./served-clusters.js";

const GETS = 200;
const { resource } = cloudNativePg();

export const getOneObject: Figure = {
  name: "get-one-object",
  title: `${GETS} GETs of a 3 KB cluster over TLS, one after the other, against CustomObjectsApi of @kubernetes/client-node 1.4`,
  better: "higher",
  floor: 4,
  goal: 6,
  rounds: 7,
  open,
};

async function open(): Promise<OpenFigure> {
  const server = await serveClusters(1);
  const transport = await createKubeconfigTransport({ kubeconfig: server.kubeconfig });
  const config = new KubeConfig();
  config.loadFromFile(server.kubeconfig);
  const official = config.makeApiClient(CustomObjectsApi);
  const name = nameOf(0);
  const { group, version, plural } = resource;
  const repeat = async (get: () => Promise<unknown>) => {
    for (let left = GETS; left > 0; left -= 1) await get();
  };
  return {
    ours: { run: () => repeat(() => transport.send({ verb: "get", resource, namespace: NAMESPACE, name })) },
    theirs: {
      run: () =>
        repeat(() => official.getNamespacedCustomObject({ group, version, plural, namespace: NAMESPACE, name })),
    },
    close: async () => {
      transport.close();
      await server.close();
    },
  };
}
