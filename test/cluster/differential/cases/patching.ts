import type { FidelityCase } from "../fidelity-case.js";
import { CONFIG_MAPS, configMap, get, patch, post, SECRETS, secret, WIDGETS, widget } from "./paths.js";

/** The four kinds of patch, and managed fields. */
export const patchingCases: readonly FidelityCase[] = [
  {
    number: "F146",
    title: "a patch of what is not there",
    requests: [
      patch("merge", `${SECRETS}/a`, {}),
      patch("apply", `${WIDGETS}/a/status?fieldManager=m`, widget("a", { size: 1 }, { status: { ready: true } })),
    ],
  },
  {
    number: "F147",
    title: "a patch that is no JSON",
    limit: "Go's words for JSON that does not fit",
    requests: [
      post(SECRETS, secret("a")),
      patch("merge", `${SECRETS}/a`, "nonsense"),
      patch("json", `${SECRETS}/a`, "nonsense"),
      patch("strategic", `${SECRETS}/a`, "nonsense"),
    ],
  },
  {
    number: "F147",
    title: "a patch that is no JSON, of what is not there",
    requests: [patch("merge", `${WIDGETS}/a`, "nonsense")],
  },
  {
    number: "F148",
    title: "a patch that renames or moves",
    requests: [
      post(SECRETS, secret("a")),
      patch("merge", `${SECRETS}/a`, { metadata: { name: "b" } }),
      patch("merge", `${SECRETS}/a`, { metadata: { namespace: "b" } }),
    ],
  },
  {
    number: "F149",
    title: "a patch of a stale version",
    requests: [
      post(SECRETS, secret("a")),
      patch("merge", `${SECRETS}/a`, { data: { k: "MQ==" } }),
      patch("merge", `${SECRETS}/a`, {
        metadata: { resourceVersion: "<<0.metadata.resourceVersion>>" },
        data: { k: "Mg==" },
      }),
    ],
  },
  {
    number: "F150",
    title: "a patch of another uid",
    limit: "the real server names one cause twice",
    requests: [
      post(SECRETS, secret("a")),
      patch("merge", `${SECRETS}/a`, { metadata: { uid: "00000000-0000-4000-8000-000000000000" } }),
      patch("apply", `${SECRETS}/b?fieldManager=m`, secret("b", {}, { uid: "00000000-0000-4000-8000-000000000000" })),
    ],
  },
  {
    number: "F151",
    title: "patches that change nothing",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==" } })),
      patch("merge", `${SECRETS}/a`, { data: { k: "MQ==" } }),
      patch("strategic", `${SECRETS}/a`, { data: { k: "MQ==" } }),
      patch("json", `${SECRETS}/a`, [{ op: "replace", path: "/data/k", value: "MQ==" }]),
    ],
  },
  {
    number: "F152",
    title: "force without apply",
    requests: [post(SECRETS, secret("a")), patch("merge", `${SECRETS}/a?force=true`, {})],
  },
  {
    number: "F153",
    title: "a patch cannot reach the status",
    requests: [post(WIDGETS, widget("a")), patch("merge", `${WIDGETS}/a`, { status: { ready: true } })],
  },
  {
    number: "F154",
    title: "a patch of the status changes nothing else",
    limit: "the real server records labels that it does not store",
    requests: [
      post(WIDGETS, widget("a")),
      patch("merge", `${WIDGETS}/a/status`, {
        metadata: { labels: { x: "1" } },
        spec: { size: 5 },
        status: { ready: true },
      }),
    ],
  },
  {
    number: "F155",
    title: "operations of a JSON patch",
    requests: [
      post(CONFIG_MAPS, configMap("a", { data: { "a.b": "1", c: "2" } }, { annotations: { "x/y": "1", "t~z": "2" } })),
      patch("json", `${CONFIG_MAPS}/a`, [
        { op: "test", path: "/data/c", value: "2" },
        { op: "copy", from: "/data/c", path: "/data/d" },
        { op: "move", from: "/data/c", path: "/data/e" },
        { op: "remove", path: "/metadata/annotations/x~1y" },
        { op: "replace", path: "/metadata/annotations/t~0z", value: "3" },
      ]),
    ],
  },
  {
    number: "F156",
    title: "a JSON patch that does not hold",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==" } })),
      patch("json", `${SECRETS}/a`, [{ op: "test", path: "/data/k", value: "Mg==" }]),
      patch("json", `${SECRETS}/a`, [{ op: "remove", path: "/data/absent" }]),
      patch("json", `${SECRETS}/a`, [{ op: "add", path: "/absent/k", value: "1" }]),
    ],
  },
  {
    number: "F159",
    title: "a JSON patch that is no array",
    limit: "Go's words for JSON that does not fit",
    requests: [post(SECRETS, secret("a")), patch("json", `${SECRETS}/a`, { op: "remove", path: "/data" })],
  },
  {
    number: "F160",
    title: "null removes, objects merge, arrays are replaced",
    requests: [
      post(WIDGETS, widget("a", { size: 1, tags: ["x", "y"], limits: { a: 1, b: 2 } })),
      patch("merge", `${WIDGETS}/a`, { spec: { tags: ["z"], limits: { a: null } } }),
    ],
  },
  {
    number: "F161",
    title: "null clears finalizers",
    requests: [
      post(SECRETS, secret("a", {}, { finalizers: ["fidelity.tenantry.test/hold"] })),
      patch("merge", `${SECRETS}/a`, { metadata: { finalizers: null } }),
    ],
  },
  {
    number: "F162",
    title: "null on a field with a default",
    requests: [
      post(WIDGETS, widget("a", { size: 1, color: "blue" })),
      patch("merge", `${WIDGETS}/a`, { spec: { color: null } }),
    ],
  },
  {
    number: "F163",
    title: "a patch whose result is invalid",
    requests: [post(WIDGETS, widget("a")), patch("merge", `${WIDGETS}/a`, { spec: { size: 99, mode: "x" } })],
  },
  {
    number: "F164",
    title: "a strategic patch of a custom resource",
    requests: [post(WIDGETS, widget("a")), patch("strategic", `${WIDGETS}/a`, {})],
  },
  {
    number: "F166",
    title: "$patch: replace",
    requests: [
      post(CONFIG_MAPS, configMap("a", { data: { a: "1", b: "2" } })),
      patch("strategic", `${CONFIG_MAPS}/a`, { data: { $patch: "replace", c: "3" } }),
    ],
  },
  {
    number: "F171",
    title: "apply without a field manager",
    requests: [patch("apply", `${SECRETS}/a`, secret("a"))],
  },
  {
    number: "F172",
    title: "apply creates, then updates",
    requests: [
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { data: { k: "MQ==" } })),
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { data: { k: "Mg==" } })),
      get(`${SECRETS}/a`),
    ],
  },
  {
    number: "F173",
    title: "apply of another kind or version",
    requests: [
      patch("apply", `${SECRETS}/a?fieldManager=one`, { metadata: { name: "a" } }),
      patch("apply", `${SECRETS}/a?fieldManager=one`, { ...secret("a"), apiVersion: "v2" }),
      patch("apply", `${SECRETS}/a?fieldManager=one`, configMap("a")),
      patch("apply", `${WIDGETS}/a?fieldManager=one`, { ...widget("a"), apiVersion: "fidelity.tenantry.test/v2" }),
      patch("apply", `${WIDGETS}/a?fieldManager=one`, { ...widget("a"), kind: "Gadget" }),
    ],
  },
  {
    number: "F174",
    title: "apply with managed fields",
    requests: [patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", {}, { managedFields: [{ manager: "x" }] }))],
  },
  {
    number: "F176",
    title: "a conflict of two appliers",
    requests: [
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { data: { k: "MQ==" } })),
      patch("apply", `${SECRETS}/a?fieldManager=two`, secret("a", { data: { k: "Mg==" } })),
    ],
  },
  {
    number: "F176",
    title: "a conflict with who updated",
    requests: [
      post(`${WIDGETS}?fieldManager=one`, widget("a", { size: 1, mode: "fast" })),
      patch("apply", `${WIDGETS}/a?fieldManager=two`, widget("a", { size: 2, mode: "fast" })),
    ],
  },
  {
    number: "F177",
    title: "several conflicts",
    requests: [
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { data: { k: "MQ==", l: "MQ==" } })),
      patch("apply", `${SECRETS}/a?fieldManager=two`, secret("a", { data: { m: "MQ==" } })),
      patch("apply", `${SECRETS}/a?fieldManager=three`, secret("a", { data: { k: "Mg==", l: "Mg==", m: "Mg==" } })),
    ],
  },
  {
    number: "F178",
    title: "force takes fields from their managers",
    requests: [
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { data: { k: "MQ==" } })),
      patch("apply", `${SECRETS}/a?fieldManager=two&force=true`, secret("a", { data: { k: "Mg==" } })),
    ],
  },
  {
    number: "F179",
    title: "the same value is shared",
    requests: [
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { data: { k: "MQ==" } })),
      patch("apply", `${SECRETS}/a?fieldManager=two`, secret("a", { data: { k: "MQ==" } })),
    ],
  },
  {
    number: "F180",
    title: "what the manager no longer names",
    requests: [
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { data: { k: "MQ==", l: "MQ==" } })),
      patch("apply", `${SECRETS}/a?fieldManager=two`, secret("a", { data: { l: "MQ==" } })),
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { data: {} })),
    ],
  },
  {
    number: "F182",
    title: "lists of an applied custom resource: by key, by value",
    requests: [
      patch(
        "apply",
        `${WIDGETS}/a?fieldManager=one`,
        widget("a", { size: 1, tags: ["x"], parts: [{ name: "p", weight: 2 }] }),
      ),
      patch("apply", `${WIDGETS}/a?fieldManager=two`, widget("a", { size: 1, tags: ["y"], parts: [{ name: "q" }] })),
    ],
  },
  {
    number: "F183",
    title: "duplicate keys in an applied list",
    requests: [
      patch("apply", `${WIDGETS}/a?fieldManager=one`, widget("a", { size: 1, parts: [{ name: "p" }, { name: "p" }] })),
    ],
  },
  {
    number: "F184",
    title: "a field that the schema does not have, applied",
    requests: [
      patch("apply", `${WIDGETS}/a?fieldManager=one`, widget("a", { size: 1, nonsense: true })),
      patch("apply", `${SECRETS}/a?fieldManager=one`, secret("a", { nonsense: true })),
    ],
  },
  {
    number: "F186",
    title: "applying the same again",
    requests: [
      patch("apply", `${WIDGETS}/a?fieldManager=one`, widget("a", { size: 2 })),
      patch("apply", `${WIDGETS}/a?fieldManager=one`, widget("a", { size: 2 })),
    ],
  },
  {
    number: "F189",
    title: "an applied status is nobody's",
    requests: [patch("apply", `${WIDGETS}/a?fieldManager=one`, widget("a", { size: 2 }, { status: { ready: true } }))],
  },
  {
    number: "F191",
    title: "the user agent is the manager of who names none",
    requests: [post(SECRETS, secret("a"), { headers: { "User-Agent": "some-client/1.2 (x)" } })],
  },
  {
    number: "F192",
    title: "a write of the status is recorded as one",
    requests: [post(WIDGETS, widget("a")), patch("merge", `${WIDGETS}/a/status`, { status: { ready: true } })],
  },
];
