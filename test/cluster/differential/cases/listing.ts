import type { FidelityCase } from "../fidelity-case.js";
import { CONFIG_MAPS, get, PLANETS, patch, post, SECRETS, secret, WIDGETS, widget } from "./paths.js";

const labelled = (name: string, labels: object) => secret(name, {}, { labels });
const NAMES = { only: ["items[].metadata.name", "kind", "code", "reason", "message", "details"] };
const selectedBy = (selector: string) => get(`${SECRETS}?labelSelector=${encodeURIComponent(selector)}`, NAMES);
const fieldsBy = (path: string, selector: string) =>
  get(`${path}?fieldSelector=${encodeURIComponent(selector)}`, NAMES);
const TABLE = { Accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
const METADATA = { Accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" };
const METADATA_LIST = { Accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1" };

/** Lists, pages, selectors, tables. */
export const listingCases: readonly FidelityCase[] = [
  { number: "F252", title: "an empty list", requests: [get(SECRETS), get(WIDGETS)] },
  {
    number: "F253",
    title: "lists are in the order of names",
    requests: [
      ...["b", "a.b", "c", "a", "a-b"].map((name) => post(SECRETS, secret(name))),
      get(SECRETS, { only: ["items[].metadata.name"] }),
    ],
  },
  {
    number: "F254",
    title: "items of built-in lists carry no kind, those of custom resources do",
    requests: [post(SECRETS, secret("a")), get(SECRETS), post(WIDGETS, widget("a")), get(WIDGETS)],
  },
  {
    number: "F255",
    title: "a list in a namespace that is not there",
    requests: [get("/api/v1/namespaces/absent/secrets")],
  },
  {
    number: "F256",
    title: "pages",
    requests: [
      ...["a", "b", "c"].map((name) => post(SECRETS, secret(name))),
      get(`${SECRETS}?limit=2`),
      get(`${SECRETS}?limit=2&continue=<<3.metadata.continue>>`),
      get(`${SECRETS}?limit=1&fieldSelector=metadata.name!%3Dx`),
    ],
  },
  {
    number: "F258",
    title: "a page shows the state of the first one",
    requests: [
      ...["a", "b", "c"].map((name) => post(SECRETS, secret(name))),
      get(`${SECRETS}?limit=2`, NAMES),
      post(SECRETS, secret("bb")),
      { method: "DELETE", path: `${SECRETS}/c` },
      get(`${SECRETS}?limit=2&continue=<<3.metadata.continue>>`, NAMES),
    ],
  },
  {
    number: "F260",
    title: "continue tokens that are none",
    limit: "Go's words for JSON that does not fit",
    requests: [
      get(`${SECRETS}?limit=1&continue=nonsense`),
      get(`${SECRETS}?limit=1&continue=${token({ v: "v2", rv: 5, start: "a\u0000" })}`),
      get(`${SECRETS}?limit=1&continue=${token({ v: "meta.k8s.io/v1", rv: 5, start: "../x\u0000" })}`),
    ],
  },
  {
    number: "F262",
    title: "continue with a version",
    requests: [
      ...["a", "b"].map((name) => post(SECRETS, secret(name))),
      get(`${SECRETS}?limit=1`, NAMES),
      get(`${SECRETS}?limit=1&continue=<<2.metadata.continue>>&resourceVersion=5`),
    ],
  },
  {
    number: "F263",
    title: "continue with a match of versions",
    requests: [get(`${SECRETS}?continue=x&resourceVersion=5&resourceVersionMatch=Exact`)],
  },
  {
    number: "F264",
    title: "a match of versions that makes no sense",
    requests: [
      get(`${SECRETS}?resourceVersionMatch=Exact`),
      get(`${SECRETS}?resourceVersionMatch=X&resourceVersion=1`),
      get(`${SECRETS}?resourceVersionMatch=Exact&resourceVersion=0`),
    ],
  },
  {
    number: "F265",
    title: "the state at an exact version",
    requests: [
      post(SECRETS, secret("a")),
      post(SECRETS, secret("b")),
      get(`${SECRETS}?resourceVersion=<<0.metadata.resourceVersion>>&resourceVersionMatch=Exact`, NAMES),
      get(`${SECRETS}?resourceVersion=999999999&resourceVersionMatch=Exact`),
    ],
  },
  {
    number: "F266",
    title: "not older than a version to come",
    requests: [get(`${SECRETS}?resourceVersion=999999999&resourceVersionMatch=NotOlderThan`)],
  },
  { number: "F268", title: "a version that is none", requests: [get(`${SECRETS}?resourceVersion=abc`)] },
  {
    number: "F269",
    title: "initial events of a list",
    requests: [get(`${SECRETS}?sendInitialEvents=true`)],
  },
  {
    number: "F270",
    title: "a limit that is no number, and a negative one",
    requests: [get(`${SECRETS}?limit=abc`), post(SECRETS, secret("a")), get(`${SECRETS}?limit=-1`, NAMES)],
  },
  {
    number: "F272",
    title: "labels that are equal",
    requests: [
      post(SECRETS, labelled("a", { k: "v" })),
      post(SECRETS, labelled("b", { k: "w" })),
      post(SECRETS, labelled("c", {})),
      ...["k=v", "k==v", " k = v ", "k=v,k!=w", "k!=v", "k notin (v)", "k in (v,w)", "k", "!k", "! k", ""].map(
        selectedBy,
      ),
    ],
  },
  {
    number: "F274",
    title: "sets with an empty value",
    requests: [
      post(SECRETS, labelled("a", { k: "" })),
      post(SECRETS, labelled("b", { k: "v" })),
      ...["k in ()", "k in (,v)", "k=", "k notin ()", "k!="].map(selectedBy),
    ],
  },
  {
    number: "F276",
    title: "labels that are numbers",
    requests: [
      post(SECRETS, labelled("a", { k: "5" })),
      post(SECRETS, labelled("b", { k: "x" })),
      ...["k>4", "k<6", "k>5", "k>x"].map(selectedBy),
    ],
  },
  {
    number: "F278",
    title: "selectors of labels that cannot be read",
    requests: ["a in b", "a in (b", "a b", "=", "a=b=c", "(a)", "a,,b", "a=,b in", "!", "a in (b))"].map(selectedBy),
  },
  {
    number: "F279",
    title: "selectors with invalid labels",
    limit: "the words of a newer Kubernetes than 1.34",
    requests: ["-a=b", "a/b/c=d", "a=-b-", `a=${"v".repeat(64)}`].map(selectedBy),
  },
  {
    number: "F282",
    title: "fields that every kind has",
    requests: [
      post(SECRETS, secret("a")),
      post(SECRETS, secret("b")),
      fieldsBy(SECRETS, "metadata.name=a"),
      fieldsBy(SECRETS, "metadata.name!=a"),
      get(`${SECRETS}?fieldSelector=metadata.namespace%3D<<ns>>`, NAMES),
      fieldsBy(SECRETS, "metadata.name=a,metadata.name=b"),
    ],
  },
  {
    number: "F283",
    title: "selectors of fields that cannot be read",
    requests: ["metadata.name", "metadata.name>a", "metadata.name=\\x", "metadata.name in (a)"].map((selector) =>
      fieldsBy(SECRETS, selector),
    ),
  },
  {
    number: "F284",
    title: "fields that cannot be selected",
    requests: [
      fieldsBy(SECRETS, "spec.foo=1"),
      fieldsBy(CONFIG_MAPS, "data.foo=1"),
      fieldsBy(WIDGETS, "spec.size=1"),
      fieldsBy("/api/v1/namespaces", "spec.foo=1"),
    ],
  },
  {
    number: "F285",
    title: "fields of one kind",
    requests: [
      post(SECRETS, secret("a", { type: "example.com/x" })),
      post(SECRETS, secret("b")),
      fieldsBy(SECRETS, "type=Opaque"),
      fieldsBy("/api/v1/namespaces", "status.phase=Terminating,metadata.name=default"),
    ],
  },
  {
    number: "F286",
    title: "fields that a definition makes selectable",
    requests: [
      post(WIDGETS, widget("a", { size: 1, color: "blue" })),
      post(WIDGETS, widget("b")),
      fieldsBy(WIDGETS, "spec.color=blue"),
      fieldsBy(WIDGETS, "spec.color!=blue"),
    ],
  },
  {
    number: "F290",
    title: "a table of Secrets",
    requests: [
      post(SECRETS, secret("a", { data: { k: "MQ==" } })),
      get(SECRETS, {
        headers: TABLE,
        only: [
          "kind",
          "apiVersion",
          "columnDefinitions[].name",
          "columnDefinitions[].type",
          "columnDefinitions[].format",
          "columnDefinitions[].priority",
          "rows.0.object",
          "rows.0.cells.0",
          "rows.0.cells.1",
          "rows.0.cells.2",
        ],
      }),
    ],
  },
  {
    number: "F291",
    title: "what a table includes",
    requests: [
      post(WIDGETS, widget("a")),
      get(`${WIDGETS}?includeObject=None`, { headers: TABLE, only: ["kind", "rows.0.object"] }),
      get(`${WIDGETS}?includeObject=Object`, { headers: TABLE, only: ["kind", "rows.0.object"] }),
      get(`${WIDGETS}?includeObject=X`, { headers: TABLE }),
    ],
  },
  {
    number: "F292",
    title: "a table of a kind without columns",
    requests: [get(PLANETS, { headers: TABLE, only: ["columnDefinitions"] })],
  },
  {
    number: "F293",
    title: "a table by the columns of a definition",
    requests: [
      post(WIDGETS, widget("a")),
      get(`${WIDGETS}/a`, {
        headers: TABLE,
        only: ["columnDefinitions", "rows.0.cells.0", "rows.0.cells.1", "rows.0.cells.2", "rows.0.object"],
      }),
    ],
  },
  {
    number: "F294",
    title: "columns of built-in kinds",
    requests: [
      get(CONFIG_MAPS, { headers: TABLE, only: ["columnDefinitions[].name", "columnDefinitions[].type"] }),
      get("/api/v1/namespaces", { headers: TABLE, only: ["columnDefinitions[].name", "columnDefinitions[].type"] }),
      get("/api/v1/events", { headers: TABLE, only: ["columnDefinitions[].name", "columnDefinitions[].type"] }),
      get("/api/v1/services", { headers: TABLE, only: ["columnDefinitions[].name", "columnDefinitions[].type"] }),
      get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
        headers: TABLE,
        only: ["columnDefinitions[].name", "columnDefinitions[].type"],
      }),
    ],
  },
  {
    number: "F296",
    title: "metadata of an object, and of a list by the wrong name",
    limit: "the real server names a type of Go",
    requests: [
      post(SECRETS, secret("a")),
      get(`${SECRETS}/a`, { headers: METADATA }),
      get(SECRETS, { headers: METADATA }),
    ],
  },
  {
    number: "F297",
    title: "metadata of a list, and of an object by the wrong name",
    limit: "the real server names a type of Go",
    requests: [
      post(SECRETS, secret("a")),
      get(SECRETS, { headers: METADATA_LIST }),
      get(`${SECRETS}/a`, { headers: METADATA_LIST }),
    ],
  },
  {
    number: "F298",
    title: "an unknown form, alone and with a way back",
    limit: "the embedded server writes no protobuf",
    requests: [
      get("/api/v1/namespaces/default", { headers: { Accept: "application/json;as=Foo;v=v1;g=meta.k8s.io" } }),
      get("/api/v1/namespaces/default", {
        headers: { Accept: "application/json;as=Foo;v=v1;g=meta.k8s.io,application/json" },
        only: ["kind"],
      }),
    ],
  },
  { number: "F299", title: "a failure is no table", requests: [get(`${SECRETS}/absent`, { headers: TABLE })] },
  {
    number: "F247",
    title: "get of a status gives the whole object",
    requests: [
      post(WIDGETS, widget("a")),
      patch("merge", `${WIDGETS}/a/status`, { status: { ready: true } }),
      get(`${WIDGETS}/a/status`),
    ],
  },
];

function token(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}
