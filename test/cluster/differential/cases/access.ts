import type { FidelityCase } from "../fidelity-case.js";
import { CONFIG_MAPS, configMap, get, patch, post, put, SECRETS, secret } from "./paths.js";

const NO_RBAC = "the embedded server does not evaluate RBAC yet";
const NO_REVIEWS = "the embedded server has no access reviews yet";
const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** Who is asking, and what the core kinds insist on. */
export const accessCases: readonly FidelityCase[] = [
  {
    number: "F429",
    title: "a wrong token",
    requests: [get("/api/v1/namespaces", { as: "forger" }), get("/healthz", { as: "forger" })],
  },
  {
    number: "F430",
    title: "no token",
    requests: [get("/api/v1/namespaces", { as: "nobody" })],
    limit: "the embedded server knows no anonymous user: it asks for a token",
  },
  {
    number: "F451",
    title: "a call that is not allowed",
    requests: [
      get(SECRETS, { as: "stranger" }),
      get(`${SECRETS}/x`, { as: "stranger" }),
      post(SECRETS, secret("a"), { as: "stranger" }),
    ],
    limit: NO_RBAC,
  },
  {
    number: "F452",
    title: "a path that is not allowed",
    requests: [get("/metrics", { as: "stranger" })],
    limit: NO_RBAC,
  },
  {
    number: "F476",
    title: "may I",
    requests: [
      post(REVIEWS, {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: { verb: "get", resource: "secrets", namespace: "default" } },
      }),
    ],
    limit: NO_REVIEWS,
  },
  {
    number: "F486",
    title: "stringData is merged into data",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==", l: "MQ==" }, stringData: { k: "2" } })),
      patch("merge", `${SECRETS}/a`, { stringData: { m: "3" } }),
    ],
  },
  {
    number: "F487",
    title: "data that is no base64",
    limit: "the embedded server names the key",
    requests: [post(SECRETS, secret("a", { data: { k: "%%" } })), post(SECRETS, secret("a", { data: { k: 1 } }))],
  },
  {
    number: "F488",
    title: "the type of a Secret",
    requests: [post(SECRETS, secret("a")), patch("merge", `${SECRETS}/a`, { type: "other" })],
  },
  {
    number: "F489",
    title: "a TLS Secret without its keys",
    requests: [post(SECRETS, secret("a", { type: "kubernetes.io/tls" }))],
  },
  {
    number: "F490",
    title: "Secrets of the other types without their keys",
    requests: ["basic-auth", "ssh-auth", "dockerconfigjson", "dockercfg", "service-account-token"].map((type) =>
      post(SECRETS, secret("a", { type: `kubernetes.io/${type}` })),
    ),
  },
  {
    number: "F491",
    title: "keys of Secrets and ConfigMaps",
    limit: "the words of a newer Kubernetes than 1.34",
    requests: [
      post(SECRETS, secret("a", { data: { "bad key": "MQ==" } })),
      post(SECRETS, secret("a", { data: { "..": "MQ==" } })),
      post(SECRETS, secret("a", { data: { ["k".repeat(254)]: "MQ==" } })),
      post(CONFIG_MAPS, configMap("a", { data: { "": "1" } })),
    ],
  },
  {
    number: "F492",
    title: "too much data",
    requests: [
      post(SECRETS, secret("a", { data: { k: Buffer.alloc(1_048_577).toString("base64") } })),
      post(CONFIG_MAPS, configMap("a", { data: { k: "x".repeat(1_048_577) } })),
    ],
  },
  {
    number: "F493",
    title: "what is immutable",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==" }, immutable: true })),
      put(`${SECRETS}/a`, secret("a", { data: { k: "Mg==" }, immutable: true })),
      put(`${SECRETS}/a`, secret("a", { data: { k: "MQ==" } })),
      patch("merge", `${SECRETS}/a`, { metadata: { labels: { x: "1" } } }),
      post(CONFIG_MAPS, configMap("a", { data: { k: "1" }, immutable: true })),
      put(`${CONFIG_MAPS}/a`, configMap("a", { data: { k: "2" }, immutable: true })),
    ],
  },
  {
    number: "F494",
    title: "a key of a ConfigMap that is there twice",
    requests: [post(CONFIG_MAPS, configMap("a", { data: { k: "1" }, binaryData: { k: "MQ==" } }))],
  },
  {
    number: "F506",
    title: "an event of another namespace",
    requests: [
      post("/api/v1/namespaces/<<ns>>/events", {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "a" },
        involvedObject: { kind: "Secret", namespace: "other", name: "x" },
      }),
    ],
  },
  {
    number: "F506",
    title: "an event",
    requests: [
      post("/api/v1/namespaces/<<ns>>/events", {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "a" },
        involvedObject: { kind: "Secret", namespace: "<<ns>>", name: "x", uid: "1" },
        reason: "Because",
        message: "it is so",
        type: "Normal",
      }),
      get("/api/v1/namespaces/<<ns>>/events?fieldSelector=involvedObject.uid%3D1"),
    ],
  },
  {
    number: "F513",
    title: "a body over the limit",
    requests: [post(SECRETS, `{"x":"${"x".repeat(3_145_728)}"}`)],
  },
  { number: "F515", title: "a timeout that is none", requests: [get("/api/v1/namespaces?timeout=abc")] },
  {
    number: "F521",
    title: "a deeply nested body",
    requests: [post(SECRETS, "[".repeat(20_000), { only: ["reason"] })],
  },
];
