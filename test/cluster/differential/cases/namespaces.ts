import type { FidelityCase } from "../fidelity-case.js";
import { get, patch, post, put, remove, SECRETS, secret } from "./paths.js";

const NAMESPACES = "/api/v1/namespaces";
const namespace = (name: string, extra: object = {}, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, ...metadata },
  ...extra,
});
const HELD = { finalizers: ["fidelity.tenantry.test/hold"] };

/** Namespaces and what ends with them. */
export const namespaceCases: readonly FidelityCase[] = [
  {
    number: "F333",
    title: "namespaces that are there from the start",
    requests: ["default", "kube-system", "kube-public", "kube-node-lease"].map((name) =>
      get(`${NAMESPACES}/${name}`, { only: ["metadata.name", "metadata.labels", "spec", "status"] }),
    ),
  },
  {
    number: "F334",
    title: "what a new namespace gets",
    requests: [
      post(NAMESPACES, namespace("f334-new")),
      patch("merge", `${NAMESPACES}/f334-new`, { metadata: { labels: { "kubernetes.io/metadata.name": null } } }),
    ],
  },
  {
    number: "F335",
    title: "create in a namespace that is not there",
    requests: [post("/api/v1/namespaces/absent/secrets", secret("a"))],
  },
  {
    number: "F336",
    title: "create in a namespace that is going",
    limit: "every 403 keeps browsers from guessing its type",
    requests: [
      post(NAMESPACES, namespace("f336-going")),
      post("/api/v1/namespaces/f336-going/secrets", secret("held", {}, HELD)),
      remove(`${NAMESPACES}/f336-going`),
      get(`${NAMESPACES}/f336-going`, {
        until: { path: "status.phase", equals: "Terminating" },
        only: ["status.phase"],
      }),
      post("/api/v1/namespaces/f336-going/secrets", secret("a")),
      patch("apply", "/api/v1/namespaces/f336-going/secrets/a?fieldManager=m", secret("a")),
      patch("merge", "/api/v1/namespaces/f336-going/secrets/held", { data: { k: "MQ==" } }, { only: ["data"] }),
    ],
  },
  {
    number: "F338",
    title: "the end of a namespace",
    requests: [
      post(NAMESPACES, namespace("f338-end")),
      remove(`${NAMESPACES}/f338-end`, { propagationPolicy: "Background" }),
      get(`${NAMESPACES}/f338-end`, { until: { status: 404 } }),
    ],
  },
  {
    number: "F340",
    title: "the second delete of a namespace",
    requests: [
      post(NAMESPACES, namespace("f340-end")),
      post("/api/v1/namespaces/f340-end/secrets", secret("held", {}, HELD)),
      remove(`${NAMESPACES}/f340-end`, undefined, { only: ["kind", "status.phase"] }),
      remove(`${NAMESPACES}/f340-end`, undefined, { only: ["kind", "status.phase"] }),
    ],
  },
  {
    number: "F341",
    title: "finalizers of a namespace are not changed by an update",
    requests: [
      post(NAMESPACES, namespace("f341-kept")),
      put(`${NAMESPACES}/f341-kept`, namespace("f341-kept", { spec: {}, status: { phase: "Terminating" } })),
      patch("merge", `${NAMESPACES}/f341-kept`, { spec: { finalizers: null } }),
    ],
  },
  {
    number: "F345",
    title: "namespaces are not deleted as a collection",
    requests: [remove(NAMESPACES)],
  },
  {
    number: "F121",
    title: "get in a namespace that is there, of what is not",
    requests: [get(`${SECRETS}/absent`)],
  },
];
