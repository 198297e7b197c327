// The embedded API server over HTTPS in a process of its own, so that what is timed is the client: `embedded-server-process.ts <directory> <clusters>`.
import { CLUSTER_CRD } from "@tenantry/embedded";
import { NAMESPACES, type Resource } from "@tenantry/sdk";
import { cloudNativePg } from "@tenantry/sdk/providers/cloudnative-pg";
import { startEmbeddedServer } from "../test/cluster/embedded-server.js";
import { NAMESPACE, nameOf } from "./served-clusters.js";

const DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  scope: "Cluster",
};

const [directory = "", clusters = "0"] = process.argv.slice(2);
const server = await startEmbeddedServer(directory);
const { transport } = server.apiServer;
await transport.send({ verb: "create", resource: DEFINITIONS, body: CLUSTER_CRD });
await transport.send({
  verb: "create",
  resource: NAMESPACES,
  body: { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
});
const provider = cloudNativePg();
/** About 3 KB with its `managedFields`, as clusters that an operator filled in. */
const parameters = Object.fromEntries(Array.from({ length: 24 }, (_, n) => [`bench.parameter_${n}`, `value ${n}`]));
for (let index = 0; index < Number(clusters); index += 1) {
  const identity = { namespace: NAMESPACE, name: nameOf(index), labels: {}, annotations: {} };
  const [body] = provider.toObjects(identity, { storage: { size: "1Gi" }, parameters });
  await transport.send({ verb: "create", resource: provider.resource, namespace: NAMESPACE, body });
}
process.once("disconnect", () => void server.close());
process.send?.({ kubeconfig: server.kubeconfig });
