export type { Admission, AdmissionReview, AdmissionVerdict } from "./apiserver/admission.js";
export type { ApiServer } from "./apiserver/api-server.js";
export { type ApiServerOptions, createApiServer } from "./apiserver/create-api-server.js";
export { type HttpsFace, type ServeHttpsOptions, serveHttps } from "./apiserver/http/serve-https.js";
export { clusterAdmission } from "./operators/cloudnative-pg/cluster-admission.js";
export { CLUSTER_CRD } from "./operators/cloudnative-pg/cluster-crd.js";
// ClosingStack, fromSystemFailure and writeDurably serve `tenantry dev`, which shares our directory. Not part of what we promise.
export { ClosingStack } from "./plane/closing-stack.js";
export type { PlaneLogger } from "./plane/plane-logger.js";
export {
  type EmbeddedPlane,
  type InProcessPlane,
  type PlaneStep,
  type StartEmbeddedOptions,
  startEmbedded,
} from "./plane/start-embedded.js";
export { writeDurably } from "./postgres/process/durable-file.js";
export { fromSystemFailure } from "./postgres/process/system-failure.js";
export { createMemoryStore } from "./store/memory.js";
export type { Store } from "./store/store.js";
export { createCertificateAuthority } from "./tls/certificate-authority.js";
export { issueCertificate } from "./tls/issue-certificate.js";
