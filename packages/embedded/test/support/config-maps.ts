import type { KubernetesObject, Resource, Transport, TransportRequest } from "@tenantry/sdk";

export const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  scope: "Namespaced",
};

export interface ConfigMap extends KubernetesObject {
  readonly data?: Record<string, string>;
}

type Extra = Omit<TransportRequest, "verb" | "resource">;

/** Short ways to call in the namespace `default`, mostly about ConfigMaps. The transport is looked up at each call. */
export function configMapCalls(api: { readonly transport: Transport }) {
  const send = <T = ConfigMap>(verb: TransportRequest["verb"], extra: Extra = {}, resource = CONFIG_MAPS) => {
    const namespace = resource.scope === "Namespaced" ? "default" : undefined;
    return api.transport.send<T>({ verb, resource, namespace, ...extra });
  };
  return {
    send,
    create: (name: string, metadata: object = {}, extra: Extra = {}) =>
      send("create", { body: { metadata: { name, ...metadata }, data: { k: "v" } }, ...extra }),
    get: (name: string) => send("get", { name }),
  };
}
