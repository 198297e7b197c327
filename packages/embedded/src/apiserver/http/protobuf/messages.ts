import protobuf from "protobufjs/light.js";

// Field numbers of kubernetes/api core/v1/generated.proto, apimachinery pkg/apis/meta/v1/generated.proto,
// pkg/runtime/generated.proto and pkg/util/intstr/generated.proto. Only what we serve; unknown numbers are skipped.

type Fields = Record<string, protobuf.IField | protobuf.IMapField>;

const string = (id: number) => ({ type: "string", id });
const strings = (id: number) => ({ rule: "repeated", type: "string", id });
const int32 = (id: number) => ({ type: "int32", id });
const int64 = (id: number) => ({ type: "int64", id });
const bool = (id: number) => ({ type: "bool", id });
const bytes = (id: number) => ({ type: "bytes", id });
const message = (type: string, id: number) => ({ type, id });
const messages = (type: string, id: number) => ({ rule: "repeated", type, id });
const stringMap = (id: number) => ({ keyType: "string", type: "string", id });
const bytesMap = (id: number) => ({ keyType: "string", type: "bytes", id });

const OBJECT_META = message("ObjectMeta", 1);

const FIELDS: Readonly<Record<string, Fields>> = {
  Unknown: { typeMeta: message("TypeMeta", 1), raw: bytes(2), contentEncoding: string(3), contentType: string(4) },
  TypeMeta: { apiVersion: string(1), kind: string(2) },
  Time: { seconds: int64(1), nanos: int32(2) },
  IntOrString: { type: int64(1), intVal: int32(2), strVal: string(3) },
  FieldsV1: { Raw: bytes(1) },
  ObjectMeta: {
    name: string(1),
    generateName: string(2),
    namespace: string(3),
    uid: string(5),
    resourceVersion: string(6),
    generation: int64(7),
    creationTimestamp: message("Time", 8),
    deletionTimestamp: message("Time", 9),
    deletionGracePeriodSeconds: int64(10),
    labels: stringMap(11),
    annotations: stringMap(12),
    ownerReferences: messages("OwnerReference", 13),
    finalizers: strings(14),
    managedFields: messages("ManagedFieldsEntry", 17),
  },
  OwnerReference: {
    kind: string(1),
    name: string(3),
    uid: string(4),
    apiVersion: string(5),
    controller: bool(6),
    blockOwnerDeletion: bool(7),
  },
  ManagedFieldsEntry: {
    manager: string(1),
    operation: string(2),
    apiVersion: string(3),
    time: message("Time", 4),
    fieldsType: string(6),
    fieldsV1: message("FieldsV1", 7),
    subresource: string(8),
  },
  Preconditions: { uid: string(1), resourceVersion: string(2) },
  DeleteOptions: {
    gracePeriodSeconds: int64(1),
    preconditions: message("Preconditions", 2),
    orphanDependents: bool(3),
    propagationPolicy: string(4),
    dryRun: strings(5),
  },
  Namespace: { metadata: OBJECT_META, spec: message("NamespaceSpec", 2), status: message("NamespaceStatus", 3) },
  NamespaceSpec: { finalizers: strings(1) },
  NamespaceStatus: { phase: string(1) },
  Secret: {
    metadata: OBJECT_META,
    data: bytesMap(2),
    type: string(3),
    stringData: stringMap(4),
    immutable: bool(5),
  },
  ConfigMap: { metadata: OBJECT_META, data: stringMap(2), binaryData: bytesMap(3), immutable: bool(4) },
  Service: { metadata: OBJECT_META, spec: message("ServiceSpec", 2) },
  ServiceSpec: {
    ports: messages("ServicePort", 1),
    selector: stringMap(2),
    clusterIP: string(3),
    type: string(4),
    externalIPs: strings(5),
    sessionAffinity: string(7),
    loadBalancerIP: string(8),
    loadBalancerSourceRanges: strings(9),
    externalName: string(10),
    externalTrafficPolicy: string(11),
    healthCheckNodePort: int32(12),
    publishNotReadyAddresses: bool(13),
    sessionAffinityConfig: message("SessionAffinityConfig", 14),
    ipFamilyPolicy: string(17),
    clusterIPs: strings(18),
    ipFamilies: strings(19),
    allocateLoadBalancerNodePorts: bool(20),
    loadBalancerClass: string(21),
    internalTrafficPolicy: string(22),
    trafficDistribution: string(23),
  },
  ServicePort: {
    name: string(1),
    protocol: string(2),
    port: int32(3),
    targetPort: message("IntOrString", 4),
    nodePort: int32(5),
    appProtocol: string(6),
  },
  SessionAffinityConfig: { clientIP: message("ClientIPConfig", 1) },
  ClientIPConfig: { timeoutSeconds: int32(1) },
};

/**
 * Fields that are pointers in Go, so that their zero is a value of its own. Every other zero means "not set": gogo-protobuf writes
 * those too, and `omitempty` drops them from JSON.
 */
export const POINTER_FIELDS: ReadonlySet<string> = new Set([
  "DeleteOptions.gracePeriodSeconds",
  "DeleteOptions.orphanDependents",
  "ObjectMeta.deletionGracePeriodSeconds",
  "OwnerReference.blockOwnerDeletion",
  "OwnerReference.controller",
  "ConfigMap.immutable",
  "Secret.immutable",
  "ServiceSpec.allocateLoadBalancerNodePorts",
]);

const ROOT = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(FIELDS).map(([name, fields]) => [name, { edition: "proto2", fields }])),
});

/** `v1/Secret` and the like: the only bodies that may be protobuf. */
const KINDS: readonly string[] = ["ConfigMap", "DeleteOptions", "Namespace", "Secret", "Service"];

export const UNKNOWN: protobuf.Type = ROOT.lookupType("Unknown");

/** Undefined for a kind whose fields we do not know. */
export function messageOf(apiVersion: string, kind: string): protobuf.Type | undefined {
  return apiVersion === "v1" && KINDS.includes(kind) ? ROOT.lookupType(kind) : undefined;
}
