import type { FidelityCase } from "../fidelity-case.js";
import { get } from "./paths.js";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const KUBECTL = `${AGGREGATED},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;

/** Discovery, version and health. */
export const discoveryCases: readonly FidelityCase[] = [
  { number: "F057", title: "versions of the core group", requests: [get("/api", { only: ["kind", "versions"] })] },
  {
    number: "F058",
    title: "a defined group in the list of groups",
    requests: [get("/apis", { only: ["kind", "apiVersion", "groups[name=fidelity.tenantry.test]"] })],
  },
  {
    number: "F059",
    title: "one group, and an unknown one",
    requests: [get("/apis/fidelity.tenantry.test"), get("/apis/nope.example.com")],
  },
  {
    number: "F060",
    title: "an unknown version of a group",
    requests: [get("/apis/fidelity.tenantry.test/v9"), get("/api/v9")],
  },
  {
    number: "F061",
    title: "resources of a defined group",
    requests: [
      get("/apis/fidelity.tenantry.test/v1", {
        only: [
          "kind",
          "groupVersion",
          ...["widgets", "widgets/status", "widgets/scale", "planets"].map((name) => `resources[name=${name}]`),
        ],
      }),
    ],
  },
  {
    number: "F061",
    title: "built-in resources, as discovery names them",
    requests: [
      get("/api/v1", {
        only: [
          "kind",
          "groupVersion",
          "resources[name=secrets]",
          "resources[name=configmaps]",
          "resources[name=namespaces]",
          "resources[name=namespaces/status]",
          "resources[name=namespaces/finalize]",
          "resources[name=events]",
          "resources[name=services]",
        ],
      }),
    ],
  },
  {
    number: "F061",
    title: "definitions, as discovery names them",
    limit: "definitions are stored as v1, not as v1beta1",
    requests: [
      get("/apis/apiextensions.k8s.io/v1", {
        only: [
          "kind",
          "groupVersion",
          "resources[name=customresourcedefinitions]",
          "resources[name=customresourcedefinitions/status]",
        ],
      }),
    ],
  },
  {
    number: "F064",
    title: "aggregated discovery",
    requests: [get("/apis", { headers: { Accept: AGGREGATED }, only: ["kind", "apiVersion"] })],
  },
  {
    number: "F065",
    title: "kubectl's three types select aggregated discovery",
    requests: [get("/api", { headers: { Accept: KUBECTL }, only: ["kind", "apiVersion"] })],
  },
  {
    number: "F068",
    title: "aggregated discovery may be cached",
    requests: [get("/apis", { headers: { Accept: AGGREGATED }, only: ["metadata"], headersToo: ["vary"] })],
  },
  {
    number: "F081",
    title: "the version",
    limit: "the embedded server says its own version",
    requests: [get("/version", { only: ["major", "minor"] })],
  },
  {
    number: "F082",
    title: "health in one word",
    requests: [get("/healthz", { as: "nobody" }), get("/livez", { as: "nobody" }), get("/readyz", { as: "nobody" })],
  },
  {
    number: "F087",
    title: "nobody may read discovery",
    requests: [get("/api", { as: "nobody" })],
    limit: "the embedded server knows no anonymous user: it asks for a token",
  },
];
