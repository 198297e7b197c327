import { type ApiObject, isRecord } from "../object/api-object.js";
import { type FieldError, invalid, notSupported, required } from "../object/field-error.js";
import { dns1035Name } from "../object/name-rules.js";
import { AGE_COLUMN, builtInKind, fieldText, NAME_COLUMN } from "./built-in-kind.js";
import {
  ANYTHING,
  BOOLEAN,
  CONDITIONS,
  INT_OR_STRING,
  INTEGER,
  listOf,
  mapOf,
  objectOf,
  STRING,
  STRING_MAP,
} from "./object-schema.js";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

/** No address is allocated and nothing is forwarded: a Service only names what an operator offers. */
export const serviceKind = builtInKind({
  resource: { group: "", version: "v1", plural: "services", kind: "Service", scope: "Namespaced" },
  singular: "service",
  shortNames: ["svc"],
  categories: ["all"],
  subresources: ["status"],
  schema: objectOf({
    spec: objectOf({
      type: STRING,
      selector: { ...STRING_MAP, "x-kubernetes-map-type": "atomic" },
      ports: mapOf(
        objectOf({
          name: STRING,
          protocol: { type: "string", default: "TCP" },
          port: INTEGER,
          targetPort: INT_OR_STRING,
          nodePort: INTEGER,
          appProtocol: STRING,
        }),
        "port",
        "protocol",
      ),
      clusterIP: STRING,
      clusterIPs: listOf(STRING),
      externalIPs: listOf(STRING),
      externalName: STRING,
      externalTrafficPolicy: STRING,
      internalTrafficPolicy: STRING,
      ipFamilies: listOf(STRING),
      ipFamilyPolicy: STRING,
      loadBalancerClass: STRING,
      loadBalancerIP: STRING,
      loadBalancerSourceRanges: listOf(STRING),
      publishNotReadyAddresses: BOOLEAN,
      sessionAffinity: STRING,
      sessionAffinityConfig: ANYTHING,
      allocateLoadBalancerNodePorts: BOOLEAN,
      healthCheckNodePort: INTEGER,
      trafficDistribution: STRING,
    }),
    status: objectOf({ loadBalancer: ANYTHING, conditions: CONDITIONS }),
  }),
  columns: [
    NAME_COLUMN,
    { name: "Type", type: "string", description: "How the service is exposed.", value: fieldText("spec", "type") },
    {
      name: "Cluster-IP",
      type: "string",
      description: "The address of the service.",
      value: (service) => fieldText("spec", "clusterIP")(service) || "<none>",
    },
    { name: "External-IP", type: "string", description: "Addresses outside the cluster.", value: () => "<none>" },
    {
      name: "Port(s)",
      type: "string",
      description: "The ports of the service.",
      value: (service) => portsText(service as ApiObject),
    },
    AGE_COLUMN,
    {
      name: "Selector",
      type: "string",
      priority: 1,
      description: "The labels of the pods behind the service.",
      value: (service) => selectorText(service as ApiObject),
    },
  ],
  selectableFields: { "spec.clusterIP": fieldText("spec", "clusterIP"), "spec.type": fieldText("spec", "type") },
  rules: {
    nameRule: dns1035Name,
    createsOnUpdate: true,
    decode(service) {
      const spec = specOf(service);
      spec.type ??= "ClusterIP";
      spec.sessionAffinity ??= "None";
      if (spec.type !== "ExternalName") spec.internalTrafficPolicy ??= "Cluster";
      for (const port of portsOf(service)) {
        port.protocol ??= "TCP";
        if (spec.clusterIP !== "None" || port.targetPort === undefined) port.targetPort ??= port.port;
      }
      service.spec = spec;
    },
    prepareCreate(service) {
      service.status = { loadBalancer: {} };
    },
    validate: validateService,
  },
});

function specOf(service: ApiObject): Record<string, unknown> {
  return isRecord(service.spec) ? service.spec : {};
}

function portsOf(service: ApiObject): Record<string, unknown>[] {
  const { ports } = specOf(service);
  return Array.isArray(ports) ? ports.filter(isRecord) : [];
}

function portsText(service: ApiObject): string {
  const ports = portsOf(service).map((port) => `${String(port.port)}/${String(port.protocol)}`);
  return ports.length === 0 ? "<none>" : ports.join(",");
}

function validateService(service: ApiObject): FieldError[] {
  const errors: FieldError[] = [];
  const spec = specOf(service);
  if (!TYPES.includes(String(spec.type))) errors.push(notSupported("spec.type", spec.type, TYPES));
  const ports = portsOf(service);
  if (ports.length === 0 && spec.clusterIP !== "None" && spec.type !== "ExternalName")
    errors.push(required("spec.ports"));
  for (const [index, { name, port }] of ports.entries()) {
    if (typeof port !== "number" || port < 1 || port > 65_535) {
      errors.push(invalid(`spec.ports[${index}].port`, port ?? 0, "must be between 1 and 65535, inclusive"));
    }
    if (name === undefined && ports.length > 1) errors.push(required(`spec.ports[${index}].name`));
  }
  if (spec.type === "ExternalName" && (spec.externalName === undefined || spec.externalName === "")) {
    errors.push(required("spec.externalName"));
  }
  return errors;
}

function selectorText(service: ApiObject): string {
  const { selector } = specOf(service);
  const labels = isRecord(selector) ? Object.entries(selector) : [];
  return labels.length === 0
    ? "<none>"
    : labels
        .map(([key, value]) => `${key}=${String(value)}`)
        .sort()
        .join(",");
}
