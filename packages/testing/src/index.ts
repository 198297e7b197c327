export { clusterProviderContract } from "./cluster-provider-contract.js";
export type { ContractCase } from "./contract-case.js";
export { createTestPlane, type TestPlane, type TestPlaneOptions, type TestPlaneTarget } from "./create-test-plane.js";
export type { ContractLane, TransportCase } from "./transport-contract/transport-case.js";
export { transportContract } from "./transport-contract/transport-contract.js";
