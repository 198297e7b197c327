import type { FidelityCase } from "../fidelity-case.js";
import { DEFINITIONS, get, patch, post, remove } from "./paths.js";

interface Version {
  readonly name?: string;
  readonly storage?: boolean;
  readonly schema?: unknown;
  readonly rest?: object;
}

const OPEN = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

function definition(group: string, versions: readonly Version[] = [{}], spec: object = {}, metadata: object = {}) {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things.${group}`, ...metadata },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "things", kind: "Thing" },
      versions: versions.map(({ name = "v1", storage = true, schema = OPEN, rest = {} }) => ({
        name,
        served: true,
        storage,
        ...(schema === null ? {} : { schema: { openAPIV3Schema: schema } }),
        ...rest,
      })),
      ...spec,
    },
  };
}

const withProperty = (property: object) => [
  { schema: { type: "object", properties: { spec: { type: "object", properties: { x: property } } } } },
];
const refused = (number: FidelityCase["number"], title: string, ...bodies: readonly object[]): FidelityCase => ({
  number,
  title,
  requests: bodies.map((body) => post(DEFINITIONS, body)),
});
const NOT_CONDITIONS = [
  "kind",
  "apiVersion",
  "metadata.generation",
  "metadata.finalizers",
  "spec",
  "status.acceptedNames",
  "status.storedVersions",
];

/** Custom resource definitions. */
export const definitionCases: readonly FidelityCase[] = [
  {
    number: "F346",
    title: "a definition is accepted and established",
    requests: [
      post(DEFINITIONS, definition("f346.test.example"), {
        only: NOT_CONDITIONS.filter((path) => !path.startsWith("status")),
      }),
      get(`${DEFINITIONS}/things.f346.test.example`, {
        until: { path: "status.conditions[type=Established].status", equals: "True" },
        only: [...NOT_CONDITIONS, "status.conditions"],
      }),
    ],
  },
  {
    number: "F349",
    title: "a definition by another name",
    requests: [post(DEFINITIONS, definition("f349.test.example", [{}], {}, { name: "wrong.f349.test.example" }))],
  },
  {
    ...refused(
      "F350",
      "versions that contradict each other",
      definition("f350.test.example", [{ storage: false }]),
      definition("f350.test.example", [{}, { name: "v2" }]),
      definition("f350.test.example", [{}, { storage: false }]),
      definition("f350.test.example", [{ schema: null }]),
    ),
    limit: "the real server shows all of the versions, as Go keeps them",
  },
  refused("F351", "groups that are reserved or no domain", definition("nodots"), definition("f351.k8s.io")),
  {
    number: "F352",
    title: "what cannot change once it is established",
    requests: [
      post(DEFINITIONS, definition("f352.test.example"), { only: ["kind"] }),
      get(`${DEFINITIONS}/things.f352.test.example`, {
        until: { path: "status.conditions[type=Established].status", equals: "True" },
        only: ["kind"],
      }),
      patch("merge", `${DEFINITIONS}/things.f352.test.example`, { spec: { scope: "Cluster" } }),
      patch("merge", `${DEFINITIONS}/things.f352.test.example`, { spec: { names: { kind: "Other" } } }),
      patch("merge", `${DEFINITIONS}/things.f352.test.example`, { spec: { group: "other.example" } }),
    ],
  },
  refused(
    "F355",
    "schemas without types",
    definition("f355.test.example", withProperty({})),
    definition("f355.test.example", withProperty({ type: "array" })),
    definition("f355.test.example", [{ schema: {} }]),
  ),
  refused(
    "F356",
    "parts of schemas that are forbidden",
    definition("f356.test.example", withProperty({ type: "array", items: { type: "string" }, uniqueItems: true })),
    definition(
      "f356.test.example",
      withProperty({ type: "object", properties: { a: { type: "string" } }, additionalProperties: { type: "string" } }),
    ),
    definition("f356.test.example", [{ schema: { type: "object", nullable: true } }]),
    definition("f356.test.example", withProperty({ $ref: "#/x" })),
  ),
  refused(
    "F357",
    "lists by keys that are not told",
    definition(
      "f357.test.example",
      withProperty({ type: "array", items: { type: "object" }, "x-kubernetes-list-type": "map" }),
    ),
    definition(
      "f357.test.example",
      withProperty({
        type: "array",
        items: { type: "object", properties: { name: { type: "string" } } },
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
      }),
    ),
  ),
  refused(
    "F358",
    "a default that the schema refuses",
    definition("f358.test.example", withProperty({ type: "integer", default: "text" })),
    definition("f358.test.example", withProperty({ type: "integer", minimum: 5, default: 1 })),
  ),
  refused(
    "F359",
    "a printer column of an unknown type",
    definition("f359.test.example", [
      { rest: { additionalPrinterColumns: [{ name: "A", type: "x", jsonPath: ".a" }] } },
    ]),
  ),
  refused(
    "F360",
    "paths of a scale elsewhere",
    definition("f360.test.example", [
      { rest: { subresources: { scale: { specReplicasPath: ".x", statusReplicasPath: ".status.y" } } } },
    ]),
  ),
  {
    ...refused(
      "F403",
      "a rule that does not compile",
      definition(
        "f403.test.example",
        withProperty({ type: "string", "x-kubernetes-validations": [{ rule: "self.nope >" }] }),
      ),
    ),
    limit: "the embedded server shows the rule alone",
  },
  {
    number: "F361",
    title: "the end of a definition",
    requests: [
      post(DEFINITIONS, definition("f361.test.example"), { only: ["kind"] }),
      get(`${DEFINITIONS}/things.f361.test.example`, {
        until: { path: "status.conditions[type=Established].status", equals: "True" },
        only: ["metadata.finalizers"],
      }),
      remove(`${DEFINITIONS}/things.f361.test.example`, undefined, { only: ["kind", "metadata.finalizers"] }),
      get(`${DEFINITIONS}/things.f361.test.example`, { until: { status: 404 } }),
      get("/apis/f361.test.example/v1/things", { until: { status: 404 } }),
    ],
  },
];
