import type { FidelityCase } from "../fidelity-case.js";
import { configMap, get, PLANETS, post, SECRETS, secret, WIDGETS, widget } from "./paths.js";

const LONG = "a".repeat(254);

/** Create, names, labels, annotations, owner references. */
export const creatingCases: readonly FidelityCase[] = [
  {
    number: "F088",
    title: "create answers with what is stored",
    requests: [post(SECRETS, secret("a", { data: { k: "MQ==" } })), get(`${SECRETS}/a`)],
  },
  {
    number: "F089",
    title: "what the server stamps cannot be given",
    requests: [
      post(
        SECRETS,
        secret("a", {}, { uid: "of-the-client", creationTimestamp: "2001-01-01T00:00:00Z", selfLink: "/x" }),
      ),
    ],
  },
  {
    number: "F090",
    title: "create with a version",
    requests: [
      post(SECRETS, secret("a", {}, { resourceVersion: "5" })),
      post(WIDGETS, widget("a", { size: 1 }, {}, { resourceVersion: "5" })),
    ],
  },
  {
    number: "F091",
    title: "create of what is there",
    requests: [
      post(SECRETS, secret("a")),
      post(SECRETS, secret("a")),
      post(WIDGETS, widget("a")),
      post(WIDGETS, widget("a")),
    ],
  },
  {
    number: "F092",
    title: "create of what is being deleted",
    requests: [
      post(SECRETS, secret("a", {}, { finalizers: ["fidelity.tenantry.test/hold"] })),
      { method: "DELETE", path: `${SECRETS}/a` },
      post(SECRETS, secret("a")),
    ],
  },
  { number: "F093", title: "create without a name", requests: [post(SECRETS, secret(undefined))] },
  {
    number: "F094",
    title: "a generated name",
    requests: [post(SECRETS, secret(undefined, {}, { generateName: "made-" }))],
  },
  {
    number: "F096",
    title: "a name wins over a generated one",
    requests: [post(SECRETS, secret("a", {}, { generateName: "made-" }))],
  },
  {
    number: "F097",
    title: "a body of another namespace",
    requests: [post(SECRETS, secret("a", {}, { namespace: "other" }))],
  },
  {
    number: "F098",
    title: "a cluster's kind with a namespace in its body",
    requests: [
      post(PLANETS, {
        apiVersion: "fidelity.tenantry.test/v1",
        kind: "Planet",
        metadata: { name: "f098", namespace: "default" },
      }),
    ],
  },
  {
    number: "F099",
    title: "a body of another version",
    limit: "Go's words for a type that is not registered",
    requests: [
      post(SECRETS, { ...secret("a"), apiVersion: "v2" }),
      post(WIDGETS, { ...widget("a"), apiVersion: "fidelity.tenantry.test/v2" }),
    ],
  },
  {
    number: "F100",
    title: "a body of another kind",
    limit: "Go's words for a conversion that does not exist",
    requests: [post(SECRETS, configMap("a")), post(WIDGETS, { ...widget("a"), kind: "Gadget" })],
  },
  {
    number: "F101",
    title: "no body, no kind, no JSON",
    limit: "Go's words for what is no JSON, and no part of the body, which may be a Secret",
    requests: [
      post(SECRETS, ""),
      post(SECRETS, { metadata: { name: "a" } }),
      post(SECRETS, '{"kind": Secret}'),
      post(SECRETS, "nonsense"),
    ],
  },
  {
    number: "F101",
    title: "no kind and no JSON, for a custom resource",
    limit: "Go's words for what is no JSON, and no part of the body",
    requests: [post(WIDGETS, { metadata: { name: "a" } }), post(WIDGETS, '{"kind": Widget}')],
  },
  {
    number: "F102",
    title: "a status given to create is dropped",
    requests: [post(WIDGETS, widget("a", { size: 1 }, { status: { ready: true } }))],
  },
  {
    number: "F103",
    title: "a status is stored where it is no subresource",
    requests: [
      post(PLANETS, {
        apiVersion: "fidelity.tenantry.test/v1",
        kind: "Planet",
        metadata: { name: "f103" },
        status: { ready: true },
      }),
    ],
  },
  {
    number: "F104",
    title: "a generation cannot be given",
    limit: "the real server keeps a generation that means nothing for a Secret",
    requests: [
      post(WIDGETS, widget("a", { size: 1 }, {}, { generation: 7 })),
      post(SECRETS, secret("a", {}, { generation: 7 })),
    ],
  },
  {
    number: "F106",
    title: "a long field manager, and one that does not print",
    limit: "Go quotes control characters in its own way",
    requests: [
      post(`${SECRETS}?fieldManager=${"m".repeat(129)}`, secret("a")),
      post(`${SECRETS}?fieldManager=m%07`, secret("a")),
    ],
  },
  {
    number: "F107",
    title: "unknown parameters, and known ones of a wrong value",
    requests: [post(`${SECRETS}?nonsense=1`, secret("a")), post(`${SECRETS}?dryRun=x`, secret("b"))],
  },
  {
    number: "F109",
    title: "names that are no DNS subdomain",
    limit: "the words of a newer Kubernetes than 1.34",
    requests: [
      post(SECRETS, secret("A_b")),
      post(SECRETS, secret(LONG)),
      post(WIDGETS, widget("A_b")),
      post(SECRETS, secret("-a")),
    ],
  },
  {
    number: "F110",
    title: "names of namespaces",
    limit: "the words of a newer Kubernetes than 1.34",
    requests: ["A", "a.b", "a".repeat(64)].map((name) =>
      post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } }),
    ),
  },
  {
    number: "F112",
    title: "a name that is no segment of a path",
    limit: "an escaped slash is refused before routing",
    requests: [get(`${SECRETS}/a%2Fb`), get(`${WIDGETS}/a%2Fb`)],
  },
  {
    number: "F113",
    title: "keys of labels",
    limit: "the words of a newer Kubernetes than 1.34",
    requests: [
      post(SECRETS, secret("a", {}, { labels: { "-x": "1" } })),
      post(SECRETS, secret("a", {}, { labels: { "a/b/c": "1" } })),
      post(SECRETS, secret("a", {}, { labels: { [`${"p".repeat(254)}/x`]: "1" } })),
      post(SECRETS, secret("a", {}, { labels: { ["n".repeat(64)]: "1" } })),
    ],
  },
  {
    number: "F114",
    title: "values of labels",
    limit: "the words of a newer Kubernetes than 1.34",
    requests: [
      post(SECRETS, secret("a", {}, { labels: { x: "a b" } })),
      post(SECRETS, secret("a", {}, { labels: { x: "v".repeat(64) } })),
    ],
  },
  {
    number: "F115",
    title: "keys of annotations, and too many of them",
    requests: [
      post(SECRETS, secret("a", {}, { annotations: { "A B": "1" } })),
      post(SECRETS, secret("a", {}, { annotations: { x: "v".repeat(262_145) } })),
      post(SECRETS, secret("a", {}, { annotations: { UPPER: "is fine" } })),
    ],
  },
  {
    number: "F116",
    title: "finalizers that are no names, and that contradict each other",
    requests: [
      post(SECRETS, secret("a", {}, { finalizers: ["a b"] })),
      post(SECRETS, secret("a", {}, { finalizers: ["orphan", "foregroundDeletion"] })),
      post(SECRETS, secret("a", {}, { finalizers: ["unqualified"] })),
    ],
  },
  {
    number: "F118",
    title: "an owner that is not named in full",
    limit: "the words of a newer Kubernetes than 1.34",
    requests: [post(SECRETS, secret("a", {}, { ownerReferences: [{}] }))],
  },
  {
    number: "F119",
    title: "two controllers",
    requests: [
      post(
        SECRETS,
        secret(
          "a",
          {},
          {
            ownerReferences: ["a", "b"].map((name) => ({
              apiVersion: "v1",
              kind: "Secret",
              name,
              uid: name,
              controller: true,
            })),
          },
        ),
      ),
    ],
  },
];
