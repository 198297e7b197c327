import type { JsonSchema } from "../../../apiserver/resource-definition.js";

const STRING: JsonSchema = { type: "string" };
const INTEGER: JsonSchema = { type: "integer" };
const STRINGS: JsonSchema = { type: "array", items: STRING };
const STRING_BY_NAME: JsonSchema = { type: "object", additionalProperties: STRING };

const CONDITION: JsonSchema = {
  type: "object",
  description: "One observation, as Kubernetes writes them.",
  required: ["lastTransitionTime", "message", "reason", "status", "type"],
  properties: {
    type: { type: "string", maxLength: 316 },
    status: { type: "string", enum: ["True", "False", "Unknown"] },
    reason: { type: "string", minLength: 1, maxLength: 1024 },
    message: { type: "string", maxLength: 32768 },
    lastTransitionTime: { type: "string", format: "date-time" },
    observedGeneration: { type: "integer", format: "int64", minimum: 0 },
  },
};

/** What we report. Source of the names: cloudnative-pg v1.30.0 api/v1/cluster_types.go, ClusterStatus. */
export const STATUS_SCHEMA: JsonSchema = {
  type: "object",
  description: "What the operator has seen of the cluster.",
  properties: {
    phase: { type: "string", description: "Where the cluster stands, in words. Decide on the condition Ready." },
    phaseReason: { type: "string", description: "Why it stands there." },
    conditions: { type: "array", description: "Ready, Initialized, ConsistentSystemID.", items: CONDITION },
    instances: { type: "integer", description: "Servers there are." },
    readyInstances: { type: "integer", description: "Servers that answer." },
    instanceNames: { ...STRINGS, description: "Their names." },
    instancesStatus: { type: "object", description: "Their names by state.", additionalProperties: STRINGS },
    latestGeneratedNode: INTEGER,
    currentPrimary: { type: "string", description: "The server that takes writes." },
    currentPrimaryTimestamp: STRING,
    targetPrimary: { type: "string", description: "The server that shall take writes." },
    targetPrimaryTimestamp: STRING,
    timelineID: { type: "integer", description: "PostgreSQL's timeline." },
    systemID: { type: "string", description: "PostgreSQL's system identifier." },
    image: { type: "string", description: "The image of the servers." },
    pgDataImageInfo: {
      type: "object",
      description: "The image that made the data directory.",
      required: ["image", "majorVersion"],
      properties: { image: STRING, majorVersion: INTEGER },
    },
    writeService: { type: "string", description: "Service of the primary." },
    readService: { type: "string", description: "Service of every server." },
    selector: { type: "string", description: "Label selector of the servers, for the scale subresource." },
    topology: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    healthyPVC: STRINGS,
    certificates: {
      type: "object",
      description: "The Secrets with certificates, and when each ends.",
      properties: {
        serverCASecret: STRING,
        serverTLSSecret: STRING,
        clientCASecret: STRING,
        replicationTLSSecret: STRING,
        serverAltDNSNames: STRINGS,
        expirations: STRING_BY_NAME,
      },
    },
    secretsResourceVersion: {
      type: "object",
      description: "The versions of the Secrets in use.",
      properties: {
        applicationSecretVersion: STRING,
        superuserSecretVersion: STRING,
        serverSecretVersion: STRING,
        serverCaSecretVersion: STRING,
        clientCaSecretVersion: STRING,
        replicationSecretVersion: STRING,
      },
    },
  },
};
