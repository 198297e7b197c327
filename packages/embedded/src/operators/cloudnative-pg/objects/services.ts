import type { KubernetesObject, Resource } from "@tenantry/sdk";
import { namesOf } from "../cluster-object.js";
import { type ClusterScope, createOwned, deleteObject, findCurrent, ownerUid } from "./owned-object.js";

export const SERVICES: Resource = {
  group: "",
  version: "v1",
  plural: "services",
  kind: "Service",
  scope: "Namespaced",
};

interface Service extends KubernetesObject {
  readonly spec?:
    | {
        readonly type?: string;
        readonly selector?: Readonly<Record<string, string>>;
        readonly externalIPs?: readonly string[];
        readonly ports?: readonly ServicePort[];
      }
    | undefined;
}
interface ServicePort {
  readonly name: string;
  readonly protocol: "TCP";
  readonly port: number;
  readonly targetPort: number;
}

export interface PreparedServices {
  /** Where the server listened the last time. */
  readonly port: number | undefined;
  publish(address: { readonly ip: string; readonly port: number }): Promise<void>;
}

/** The Services of the operator, as objects: they say where the server listens on this machine and forward nothing. */
export async function prepareServices(scope: ClusterScope): Promise<PreparedServices> {
  const names = namesOf(scope.name);
  const disabled = scope.cluster.spec?.managed?.services?.disabledDefaultServices ?? [];
  const services = [
    { name: names.readWrite, selector: { "cnpg.io/instanceRole": "primary" }, wanted: true },
    { name: names.read, selector: { "cnpg.io/podRole": "instance" }, wanted: !disabled.includes("r") },
    { name: names.readOnly, selector: { "cnpg.io/instanceRole": "replica" }, wanted: !disabled.includes("ro") },
  ];
  const found = await Promise.all(services.map(({ name }) => findCurrent<Service>(scope, SERVICES, name)));
  return {
    port: found[0]?.spec?.ports?.[0]?.port,
    async publish(address) {
      await Promise.all(
        services.map(({ name, selector, wanted }, index) =>
          wanted ? publishService(scope, name, selector, found[index], address) : removeService(scope, found[index]),
        ),
      );
    },
  };
}

async function publishService(
  scope: ClusterScope,
  name: string,
  selector: Readonly<Record<string, string>>,
  present: Service | undefined,
  { ip, port }: { readonly ip: string; readonly port: number },
): Promise<void> {
  const ports: readonly ServicePort[] = [{ name: "postgres", protocol: "TCP", port, targetPort: port }];
  if (present === undefined) {
    const spec = {
      type: "ClusterIP",
      selector: { "cnpg.io/cluster": scope.name, ...selector },
      externalIPs: [ip],
      ports,
    };
    await createOwned<Service>(scope, SERVICES, { metadata: { name }, spec });
    return;
  }
  if (present.spec?.ports?.[0]?.port === port || ownerUid(present) !== scope.uid) return;
  const { transport, namespace, signal } = scope;
  const body = { metadata: { uid: present.metadata.uid }, spec: { externalIPs: [ip], ports } };
  await transport.send({ verb: "patch", resource: SERVICES, namespace, name, body, signal });
}

async function removeService(scope: ClusterScope, present: Service | undefined): Promise<void> {
  if (present !== undefined && ownerUid(present) === scope.uid) await deleteObject(scope, SERVICES, present);
}
