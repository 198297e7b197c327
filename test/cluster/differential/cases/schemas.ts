import type { FidelityCase } from "../fidelity-case.js";
import { get, patch, post, put, SECRETS, secret, WIDGETS, widget } from "./paths.js";

const refused = (number: FidelityCase["number"], title: string, ...specs: readonly unknown[]): FidelityCase => ({
  number,
  title,
  requests: specs.map((spec) => post(WIDGETS, widget("a", spec))),
});

/** Validation, defaults, pruning, rules, subresources, dry run, field validation. */
export const schemaCases: readonly FidelityCase[] = [
  {
    number: "F236",
    title: "the generation counts changes of the spec",
    requests: [
      post(WIDGETS, widget("a")),
      patch("merge", `${WIDGETS}/a`, { metadata: { labels: { x: "1" } } }),
      patch("merge", `${WIDGETS}/a`, { spec: { size: 2 } }),
      patch("merge", `${WIDGETS}/a/status`, { status: { ready: true } }),
    ],
  },
  {
    number: "F238",
    title: "a deletion that waits counts as a generation",
    requests: [
      post(WIDGETS, widget("a", { size: 1 }, {}, { finalizers: ["fidelity.tenantry.test/hold"] })),
      { method: "DELETE", path: `${WIDGETS}/a` },
    ],
  },
  {
    number: "F241",
    title: "an update of the status leaves the rest",
    limit: "the real server records labels that it does not store",
    requests: [
      post(WIDGETS, widget("a")),
      put(
        `${WIDGETS}/a/status`,
        widget(
          "a",
          { size: 9 },
          { status: { ready: true } },
          { labels: { x: "1" }, resourceVersion: "<<0.metadata.resourceVersion>>" },
        ),
      ),
      put(
        `${WIDGETS}/a`,
        widget("a", { size: 2 }, { status: { ready: false } }, { resourceVersion: "<<1.metadata.resourceVersion>>" }),
      ),
      put(`${WIDGETS}/a/status`, widget("a", { size: 1 }, {}, { resourceVersion: "<<2.metadata.resourceVersion>>" })),
    ],
  },
  {
    number: "F243",
    title: "a stale update of the status",
    requests: [
      post(WIDGETS, widget("a")),
      patch("merge", `${WIDGETS}/a`, { spec: { size: 2 } }),
      put(`${WIDGETS}/a/status`, widget("a", { size: 1 }, {}, { resourceVersion: "<<0.metadata.resourceVersion>>" })),
    ],
  },
  {
    number: "F246",
    title: "a status that the schema refuses",
    requests: [
      post(WIDGETS, widget("a")),
      patch("merge", `${WIDGETS}/a/status`, { status: { ready: "yes", replicas: -1 } }),
    ],
  },
  {
    number: "F248",
    title: "a scale",
    limit: "the real server gives the manager of a scale no time, and sorts it first",
    requests: [
      post(WIDGETS, widget("a", { size: 5, replicas: 2 })),
      get(`${WIDGETS}/a/scale`),
      patch("merge", `${WIDGETS}/a/scale`, { spec: { replicas: 3 } }),
      patch("merge", `${WIDGETS}/a/scale`, { spec: { replicas: -1 } }),
      get(`${WIDGETS}/a`),
    ],
  },
  {
    number: "F249",
    title: "a scale of what has no replicas",
    requests: [post(WIDGETS, widget("a")), get(`${WIDGETS}/a/scale`)],
  },
  refused("F366", "values of a wrong type", { size: "one" }, { size: 1, tags: "x" }, { size: 1.5 }, "text", {
    size: 1,
    limits: { a: "b" },
  }),
  refused("F367", "a required field that is missing", {}, { size: 1, parts: [{}] }, undefined),
  refused("F368", "a value that is none of the choices", { size: 1, mode: "x" }),
  refused("F369", "a text that does not match", { size: 1, code: "A1" }),
  refused("F370", "numbers out of bounds", { size: 0 }, { size: 11 }, { size: 1, half: 3 }),
  refused(
    "F371",
    "texts too short and too long",
    { size: 1, code: "a" },
    { size: 1, code: "abcdef" },
    { size: 1, code: "" },
  ),
  refused(
    "F372",
    "too many items and too many keys",
    { size: 1, tags: ["a", "b", "c", "d"] },
    { size: 1, limits: { a: 1, b: 2, c: 3 } },
  ),
  refused("F374", "a format", { size: 1, date: "yesterday" }, { size: 1, date: "2026-01-01T00:00:00Z" }),
  {
    number: "F375",
    title: "large integers keep their digits",
    requests: [
      post(
        WIDGETS,
        '{"apiVersion":"fidelity.tenantry.test/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"large":9007199254740993}}',
        { only: [] },
      ),
      get(`${WIDGETS}?fieldSelector=metadata.name%3Da`, { only: ["items.0.metadata.name"] }),
    ],
  },
  refused("F376", "a whole number with a point", { size: 1 }),
  refused("F377", "a number or a text", { size: 1, port: 80 }, { size: 2, port: true }),
  refused(
    "F379",
    "duplicates in sets and maps",
    { size: 1, tags: ["a", "a"] },
    { size: 1, parts: [{ name: "a" }, { name: "a" }] },
  ),
  refused("F381", "all problems at once", { size: 99, mode: "x", code: "A", tags: ["a", "a"] }),
  {
    number: "F382",
    title: "an update that changes nothing of an invalid object is not asked for here, a valid one is",
    requests: [post(WIDGETS, widget("a")), patch("merge", `${WIDGETS}/a`, { spec: { size: 2, mode: "slow" } })],
  },
  {
    number: "F383",
    title: "unknown fields are dropped, with a warning",
    requests: [post(WIDGETS, widget("a", { size: 1, nonsense: { x: 1 } }, { extra: true })), get(`${WIDGETS}/a`)],
  },
  {
    number: "F385",
    title: "unknown fields are kept where the schema says so",
    requests: [post(WIDGETS, widget("a", { size: 1, free: { anything: [1, { x: "y" }] } }))],
  },
  {
    number: "F388",
    title: "metadata of a wrong type, and unknown metadata",
    limit: "Go's words for JSON that does not fit",
    requests: [
      post(WIDGETS, widget("a", { size: 1 }, {}, { labels: "x" })),
      post(WIDGETS, widget("a", { size: 1 }, {}, { nonsense: "x" })),
      post(SECRETS, secret("a", {}, { labels: { x: 1 } })),
    ],
  },
  {
    number: "F389",
    title: "defaults",
    requests: [post(WIDGETS, widget("a", { size: 1, parts: [{ name: "p" }] })), get(`${WIDGETS}/a`)],
  },
  refused("F391", "null where there is a default", { size: 1, color: null }),
  refused("F391", "null where there is none", { size: 1, mode: null }, { size: null }),
  refused("F392", "null where it is allowed", { size: 1, note: null }),
  {
    ...refused("F395", "a rule that does not hold", { size: 1, replicas: 2 }),
    limit: "the words of a newer Kubernetes than 1.34",
  },
  {
    number: "F400",
    title: "a field that is fixed once given",
    limit: "the words of a newer Kubernetes than 1.34",
    requests: [
      post(WIDGETS, widget("a", { size: 1, fixed: "x" })),
      patch("merge", `${WIDGETS}/a`, { spec: { fixed: "y" } }),
      patch("merge", `${WIDGETS}/a`, { spec: { size: 2 } }),
    ],
  },
  refused("F402", "rules wait for the schema", { size: "x", replicas: 2 }, { size: 1, replicas: 2, mode: "x" }),
  {
    number: "F417",
    title: "dry runs",
    requests: [
      post(`${SECRETS}?dryRun=All`, secret("a")),
      get(`${SECRETS}/a`),
      post(SECRETS, secret("b")),
      patch("merge", `${SECRETS}/b?dryRun=All`, { data: { k: "MQ==" } }),
      patch("apply", `${SECRETS}/c?dryRun=All&fieldManager=m`, secret("c")),
      { method: "DELETE", path: `${SECRETS}/b?dryRun=All` },
      get(`${SECRETS}/b`),
    ],
  },
  {
    number: "F418",
    title: "dry runs fail as real ones do",
    requests: [
      post(SECRETS, secret("a")),
      post(`${SECRETS}?dryRun=All`, secret("a")),
      post(`${WIDGETS}?dryRun=All`, widget("a", { size: 0 })),
      { method: "DELETE", path: `${SECRETS}/absent?dryRun=All` },
    ],
  },
  {
    number: "F421",
    title: "strict about unknown fields",
    requests: [
      post(`${SECRETS}?fieldValidation=Strict`, secret("a", { nonsense: 1 })),
      post(`${WIDGETS}?fieldValidation=Strict`, widget("a", { size: 1, nonsense: 1 })),
    ],
  },
  {
    number: "F422",
    title: "strict about duplicate fields",
    requests: [
      post(
        `${SECRETS}?fieldValidation=Strict`,
        '{"apiVersion":"v1","kind":"Secret","kind":"Secret","metadata":{"name":"a"}}',
      ),
      post(
        `${WIDGETS}?fieldValidation=Strict`,
        '{"apiVersion":"fidelity.tenantry.test/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"size":2}}',
      ),
    ],
  },
  {
    number: "F423",
    title: "strict about several",
    requests: [
      post(`${SECRETS}?fieldValidation=Strict`, secret("a", { one: 1, two: 2 }, { three: 3 })),
      post(`${WIDGETS}?fieldValidation=Strict`, widget("a", { size: 1, one: 1, two: 2 })),
    ],
  },
  {
    number: "F424",
    title: "strict about a patch",
    limit: "the real server repeats the whole object, which may be a Secret",
    requests: [
      post(SECRETS, secret("a")),
      patch("merge", `${SECRETS}/a?fieldValidation=Strict`, { nonsense: 1 }),
      post(WIDGETS, widget("a")),
      patch("merge", `${WIDGETS}/a?fieldValidation=Strict`, { spec: { nonsense: 1 } }),
    ],
  },
  {
    number: "F425",
    title: "warnings about what is unknown or double",
    requests: [
      post(
        SECRETS,
        '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"nonsense":1,"type":"Opaque","type":"Opaque"}',
      ),
      patch("merge", `${SECRETS}/a`, { nonsense: 1 }),
    ],
  },
  {
    number: "F426",
    title: "silence about what is unknown",
    requests: [post(`${SECRETS}?fieldValidation=Ignore`, secret("a", { nonsense: 1 }))],
  },
  {
    number: "F427",
    title: "a validation that is none",
    requests: [post(`${SECRETS}?fieldValidation=X`, secret("a")), patch("merge", `${SECRETS}/a?fieldValidation=X`, {})],
  },
];
