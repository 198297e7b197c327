import type { FidelityCase } from "../fidelity-case.js";
import { get, PLANETS, post, remove, SECRETS, secret, WIDGETS, widget } from "./paths.js";

/** Paths, verbs and negotiation. */
export const routingCases: readonly FidelityCase[] = [
  { number: "F001", title: "the root lists paths", requests: [get("/", { only: ["kind"] })] },
  { number: "F002", title: "an unknown path is plain text", requests: [get("/foo")] },
  {
    number: "F003",
    title: "an unknown group or version is plain text",
    requests: [get("/apis/nope.example.com/v1/widgets"), get("/apis/fidelity.tenantry.test/v2/widgets")],
  },
  { number: "F004", title: "an unknown resource of the core group is a Status", requests: [get("/api/v1/foos")] },
  {
    number: "F004",
    title: "an unknown resource of a defined group is plain text",
    requests: [get("/apis/fidelity.tenantry.test/v1/foos")],
  },
  {
    number: "F005",
    title: "a namespaced custom resource is not created without a namespace",
    requests: [post("/apis/fidelity.tenantry.test/v1/widgets", widget("a"))],
  },
  {
    number: "F006",
    title: "a cluster's custom resource is not found in a namespace",
    requests: [get("/apis/fidelity.tenantry.test/v1/namespaces/<<ns>>/planets")],
  },
  {
    number: "F007",
    title: "an unknown subresource of a custom resource",
    requests: [post(WIDGETS, widget("a")), get(`${WIDGETS}/a/bogus`)],
  },
  {
    number: "F008",
    title: "a status where the definition has none",
    requests: [
      post(PLANETS, { apiVersion: "fidelity.tenantry.test/v1", kind: "Planet", metadata: { name: "f008" } }),
      get(`${PLANETS}/f008/status`),
      get(`${PLANETS}/f008/scale`),
    ],
  },
  { number: "F009", title: "a POST to a name", requests: [post(`${SECRETS}/a`, secret("a"))] },
  {
    number: "F010",
    title: "a DELETE of a status",
    requests: [post(WIDGETS, widget("a")), remove(`${WIDGETS}/a/status`)],
  },
  {
    number: "F019",
    title: "without Accept the answer is JSON",
    requests: [post(SECRETS, secret("a")), get(`${SECRETS}/a`)],
  },
  {
    number: "F020",
    title: "YAML on demand",
    requests: [get("/api/v1/namespaces/default", { headers: { Accept: "application/yaml" }, only: [] })],
  },
  {
    number: "F021",
    title: "any type is JSON",
    limit: "the embedded server accepts `application/*` everywhere",
    requests: [
      get("/api/v1/namespaces/default", { headers: { Accept: "*/*" }, only: ["kind"] }),
      get("/api/v1/namespaces/default", { headers: { Accept: "application/*" }, only: ["kind"] }),
    ],
  },
  {
    number: "F022",
    title: "HTML is not acceptable",
    limit: "the words of the handler, not of the router before it",
    requests: [get("/api/v1/namespaces/default", { headers: { Accept: "text/html" } })],
  },
  {
    number: "F023",
    title: "the first acceptable type wins, for a custom resource",
    requests: [
      post(WIDGETS, widget("a")),
      get(`${WIDGETS}/a`, { headers: { Accept: "application/vnd.kubernetes.protobuf,application/json" } }),
    ],
  },
  {
    number: "F024",
    title: "a failure stays itself when nothing is acceptable",
    limit: "the words of the handler, not of the router before it",
    requests: [get(`${SECRETS}/absent`, { headers: { Accept: "text/html" } })],
  },
  {
    number: "F025",
    title: "a body of an unknown type",
    requests: [post(SECRETS, "hello", { contentType: "text/plain" })],
  },
  {
    number: "F026",
    title: "parameters of a content type are ignored",
    requests: [post(SECRETS, secret("a"), { contentType: "application/json; charset=utf-8" })],
  },
  {
    number: "F027",
    title: "a YAML body",
    requests: [
      post(SECRETS, "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n", { contentType: "application/yaml" }),
    ],
  },
  {
    number: "F030",
    title: "garbage in place of protobuf",
    requests: [post(SECRETS, "k8s\0garbage", { contentType: "application/vnd.kubernetes.protobuf", only: ["reason"] })],
  },
  {
    number: "F031",
    title: "an unknown kind of patch, of what is not there",
    limit: "the words of the handler, not of the router before it",
    requests: [
      { method: "PATCH", path: `${SECRETS}/absent`, body: "{}", contentType: "application/json" },
      { method: "PATCH", path: `${WIDGETS}/absent`, body: "{}", contentType: "text/plain" },
    ],
  },
  {
    number: "F035",
    title: "a given audit id is echoed",
    requests: [
      get("/api/v1/namespaces/default", {
        headers: { "Audit-ID": "of-the-client" },
        only: [],
        headersToo: ["audit-id"],
      }),
    ],
  },
];
