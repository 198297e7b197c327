import type { FidelityCase } from "../fidelity-case.js";
import { get, patch, post, remove, SECRETS, secret, WIDGETS, watch, widget } from "./paths.js";

const LIST = get(SECRETS, { only: ["kind"] });
const FROM = "resourceVersion=<<0.metadata.resourceVersion>>";

/** Watches, and lists that stream. */
export const watchingCases: readonly FidelityCase[] = [
  {
    number: "F303",
    title: "a watch without a version begins with what is there",
    requests: [post(SECRETS, secret("a")), watch(SECRETS, 1)],
  },
  {
    number: "F304",
    title: "a watch from a version shows all that follows",
    requests: [
      LIST,
      post(SECRETS, secret("a")),
      patch("merge", `${SECRETS}/a`, { data: { k: "MQ==" } }),
      remove(`${SECRETS}/a`),
      watch(SECRETS, 3, FROM),
    ],
  },
  {
    number: "F304",
    title: "a watch of custom resources",
    requests: [
      get(WIDGETS, { only: ["kind"] }),
      post(WIDGETS, widget("a")),
      patch("merge", `${WIDGETS}/a/status`, { status: { ready: true } }),
      remove(`${WIDGETS}/a`),
      watch(WIDGETS, 3, FROM),
    ],
  },
  {
    number: "F307",
    title: "a deletion that a finalizer holds",
    requests: [
      LIST,
      post(SECRETS, secret("a", {}, { finalizers: ["fidelity.tenantry.test/hold"] })),
      remove(`${SECRETS}/a`),
      patch("merge", `${SECRETS}/a`, { metadata: { finalizers: null } }),
      watch(SECRETS, 3, FROM),
    ],
  },
  {
    number: "F308",
    title: "what ceases to match is deleted for a watch by labels",
    requests: [
      LIST,
      post(SECRETS, secret("a", {}, { labels: { x: "1" } })),
      patch("merge", `${SECRETS}/a`, { metadata: { labels: { x: "2" } } }),
      patch("merge", `${SECRETS}/a`, { metadata: { labels: { x: "1" } } }),
      watch(SECRETS, 3, `${FROM}&labelSelector=x%3D1`),
    ],
  },
  {
    number: "F309",
    title: "and for a watch by fields",
    requests: [
      get(WIDGETS, { only: ["kind"] }),
      post(WIDGETS, widget("a", { size: 1, color: "blue" })),
      patch("merge", `${WIDGETS}/a`, { spec: { color: "red" } }),
      patch("merge", `${WIDGETS}/a`, { spec: { color: "blue" } }),
      watch(WIDGETS, 3, `${FROM}&fieldSelector=spec.color%3Dblue`),
    ],
  },
  {
    number: "F311",
    title: "a watch from a version that is none",
    requests: [watch(SECRETS, 1, "resourceVersion=abc"), watch(WIDGETS, 1, "resourceVersion=abc")],
  },
  {
    number: "F311",
    title: "a watch by a selector that is none",
    requests: [watch(SECRETS, 1, "labelSelector=a+b"), watch(SECRETS, 1, "fieldSelector=spec.x%3D1")],
  },
  {
    number: "F313",
    title: "a watch ends when its time is up",
    requests: [post(SECRETS, secret("a")), watch(SECRETS, 5, "timeoutSeconds=1")],
  },
  {
    number: "F315",
    title: "a bookmark before the end",
    requests: [post(SECRETS, secret("a")), watch(SECRETS, 2, "timeoutSeconds=3&allowWatchBookmarks=true")],
  },
  {
    number: "F320",
    title: "a watch has no limit",
    requests: [post(SECRETS, secret("a")), post(SECRETS, secret("b")), watch(SECRETS, 2, "limit=1")],
  },
  {
    number: "F321",
    title: "a watch of one name",
    requests: [
      LIST,
      post(SECRETS, secret("a")),
      post(SECRETS, secret("b")),
      watch(SECRETS, 1, `${FROM}&fieldSelector=metadata.name%3Db`),
    ],
  },
  {
    number: "F323",
    title: "no event for what changes nothing",
    requests: [
      LIST,
      post(SECRETS, secret("a")),
      patch("merge", `${SECRETS}/a`, {}),
      post(`${SECRETS}?dryRun=All`, secret("b")),
      post(SECRETS, secret("c")),
      watch(SECRETS, 2, FROM),
    ],
  },
  {
    number: "F325",
    title: "a list that streams",
    requests: [
      post(SECRETS, secret("a")),
      watch(SECRETS, 2, "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"),
    ],
  },
  {
    number: "F326",
    title: "a list that streams nothing ends at once",
    requests: [watch(SECRETS, 1, "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan")],
  },
  {
    number: "F327",
    title: "initial events without a match of versions",
    requests: [watch(SECRETS, 1, "sendInitialEvents=true")],
  },
  {
    number: "F328",
    title: "a match of versions without initial events",
    requests: [
      watch(SECRETS, 1, "resourceVersionMatch=NotOlderThan&resourceVersion=1"),
      watch(SECRETS, 1, "sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=1"),
    ],
  },
];
