import type { FidelityCase } from "../fidelity-case.js";
import { get, patch, post, put, remove, SECRETS, secret, WIDGETS, widget } from "./paths.js";

const HELD = { finalizers: ["fidelity.tenantry.test/hold"] };

/** Get and update. */
export const updatingCases: readonly FidelityCase[] = [
  {
    number: "F042",
    title: "get of what is not there",
    requests: [get(`${SECRETS}/x`), get(`${WIDGETS}/x`)],
  },
  {
    number: "F121",
    title: "get in a namespace that is not there",
    requests: [get("/api/v1/namespaces/absent/secrets/x")],
  },
  {
    number: "F123",
    title: "get of a version to come",
    requests: [post(SECRETS, secret("a")), get(`${SECRETS}/a?resourceVersion=999999999`)],
  },
  {
    number: "F124",
    title: "get of a version that is none",
    requests: [
      post(SECRETS, secret("a")),
      get(`${SECRETS}/a?resourceVersion=abc`),
      get(`${WIDGETS}/a?resourceVersion=abc`),
    ],
  },
  {
    number: "F128",
    title: "update",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==" } })),
      put(`${SECRETS}/a`, secret("a", { data: { k: "Mg==" } }, { resourceVersion: "<<0.metadata.resourceVersion>>" })),
      get(`${SECRETS}/a`),
    ],
  },
  {
    number: "F129",
    title: "update with another name, and with none",
    requests: [
      post(SECRETS, secret("a")),
      put(`${SECRETS}/a`, secret("b")),
      put(`${SECRETS}/a`, secret(undefined)),
      post(WIDGETS, widget("a")),
      put(`${WIDGETS}/a`, widget("b")),
    ],
  },
  {
    number: "F130",
    title: "a stale update",
    requests: [
      post(SECRETS, secret("a")),
      put(`${SECRETS}/a`, secret("a", { data: { k: "MQ==" } })),
      put(`${SECRETS}/a`, secret("a", {}, { resourceVersion: "<<0.metadata.resourceVersion>>" })),
      post(WIDGETS, widget("a")),
      patch("merge", `${WIDGETS}/a`, { spec: { size: 2 } }),
      put(`${WIDGETS}/a`, widget("a", { size: 3 }, {}, { resourceVersion: "<<3.metadata.resourceVersion>>" })),
    ],
  },
  {
    number: "F131",
    title: "update of a custom resource without a version",
    requests: [post(WIDGETS, widget("a")), put(`${WIDGETS}/a`, widget("a", { size: 2 }))],
  },
  {
    number: "F134",
    title: "update of what is not there",
    requests: [put(`${SECRETS}/a`, secret("a")), put(`${WIDGETS}/a`, widget("a"))],
  },
  {
    number: "F136",
    title: "update of another object of the name",
    requests: [
      post(SECRETS, secret("a")),
      put(`${SECRETS}/a`, secret("a", {}, { uid: "00000000-0000-4000-8000-000000000000" })),
    ],
  },
  {
    number: "F137",
    title: "what an update cannot change",
    limit: "the real server names one cause twice",
    requests: [
      post(SECRETS, secret("a")),
      put(`${SECRETS}/a`, secret("a", {}, { creationTimestamp: "2001-01-01T00:00:00Z", generation: 9 })),
      put(`${SECRETS}/a`, secret("a", {}, { deletionTimestamp: "2001-01-01T00:00:00Z" })),
    ],
  },
  {
    number: "F139",
    title: "an update that changes nothing",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==" } })),
      put(`${SECRETS}/a`, "<<0.@>>"),
      get(`${SECRETS}/a`),
    ],
  },
  {
    number: "F140",
    title: "what an update leaves out is removed",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==" } }, { labels: { x: "1" }, annotations: { y: "2" }, ...HELD })),
      put(`${SECRETS}/a`, secret("a")),
    ],
  },
  {
    number: "F141",
    title: "managed fields are kept, and reset by an empty list",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==" } })),
      put(`${SECRETS}/a?fieldManager=other`, secret("a", { data: { k: "MQ==", l: "MQ==" } })),
      put(`${SECRETS}/a`, secret("a", { data: { k: "MQ==", l: "MQ==" } }, { managedFields: [] })),
    ],
  },
  {
    number: "F142",
    title: "no new finalizer for what is being deleted",
    limit: "the real server names one cause twice",
    requests: [
      post(SECRETS, secret("a", {}, HELD)),
      remove(`${SECRETS}/a`),
      patch("merge", `${SECRETS}/a`, { metadata: { finalizers: ["fidelity.tenantry.test/hold", "x.y/z"] } }),
    ],
  },
  {
    number: "F143",
    title: "the update that takes the last finalizer off",
    requests: [
      post(SECRETS, secret("a", {}, HELD)),
      remove(`${SECRETS}/a`),
      put(`${SECRETS}/a`, secret("a")),
      get(`${SECRETS}/a`),
    ],
  },
];
