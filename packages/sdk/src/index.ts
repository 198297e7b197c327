export { authorize, isAllowed } from "./access/authorize.js";
export { isPermission, PERMISSIONS, type Permission } from "./access/permission.js";
export { type Principal, type Subject, subjectKey } from "./access/principal.js";
export { BASE_ROLES, defineRoles, type Roles } from "./access/role.js";
export type { CallOptions } from "./call-options.js";
export {
  createTenantry,
  type NamespaceClient,
  type Tenantry,
  type TenantryClient,
  type TenantryOptions,
} from "./client.js";
export { ERROR_CODES, type ErrorCode } from "./errors/error-code.js";
export { fromStatus } from "./errors/from-status.js";
export {
  type FieldViolation,
  invalidArgument,
  isTenantryError,
  type ResourceRef,
  TenantryError,
  type TenantryErrorOptions,
} from "./errors/tenantry-error.js";
export { type Condition, findCondition } from "./kubernetes/condition.js";
export { dns1035LabelProblem, dns1123LabelProblem } from "./kubernetes/dns-label.js";
export { type FollowEvent, type FollowOptions, follow } from "./kubernetes/follow.js";
export {
  apiVersionOf,
  EVENTS,
  type KubernetesList,
  type KubernetesObject,
  type ListMeta,
  type ManagedFieldsEntry,
  NAMESPACES,
  type ObjectMeta,
  type OwnerReference,
  type Resource,
  SECRETS,
  type Secret,
} from "./kubernetes/object.js";
export { pause } from "./kubernetes/pause.js";
export { parseQuantity, Quantity } from "./kubernetes/quantity.js";
export { isStatus, type Status, type StatusCause, type StatusDetails } from "./kubernetes/status.js";
export type {
  ClusterCapabilities,
  ClusterIdentity,
  ClusterProvider,
  ConnectionSecretNames,
  ConnectionSecrets,
  Support,
  SupportedClusterSpec,
} from "./providers/provider.js";
export type { Cluster, ClusterPhase, ClusterSpec } from "./provisioning/cluster.js";
export { ClusterHandle, DEFAULT_READY_TIMEOUT_MS, type ReadyOptions } from "./provisioning/cluster-handle.js";
export { MAX_CLUSTER_NAME_LENGTH } from "./provisioning/cluster-spec-problems.js";
export { FIELD_MANAGER } from "./provisioning/cluster-writer.js";
export type {
  ClusterEvent,
  Clusters,
  DeleteClusterOptions,
  ListClustersOptions,
} from "./provisioning/clusters.js";
export type { Connection, ConnectionCredentials } from "./provisioning/connection.js";
export type { Operation, OperationKind, OperationPhase, OperationStep } from "./provisioning/operation.js";
export type { Operations } from "./provisioning/operations.js";
export { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type Page } from "./provisioning/page.js";
export type { ApplyClusterOptions, WriteClusterOptions } from "./provisioning/write-cluster-options.js";
export { type RetryOptions, retry } from "./transport/retry.js";
export { scopeToNamespace } from "./transport/scope-to-namespace.js";
export type {
  PatchType,
  Transport,
  TransportMiddleware,
  TransportRequest,
  Verb,
  WatchEvent,
  WatchRequest,
} from "./transport/transport.js";
