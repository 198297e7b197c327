import type { FidelityCase } from "../fidelity-case.js";
import { get, patch, post, remove, SECRETS, secret, WIDGETS, widget } from "./paths.js";

const HELD = { finalizers: ["fidelity.tenantry.test/hold"] };

/** Delete, delete collection, ownership. */
export const deletingCases: readonly FidelityCase[] = [
  {
    number: "F199",
    title: "delete",
    requests: [post(SECRETS, secret("a")), remove(`${SECRETS}/a`), post(WIDGETS, widget("a")), remove(`${WIDGETS}/a`)],
  },
  {
    number: "F200",
    title: "delete of what has a finalizer",
    requests: [
      post(SECRETS, secret("a", {}, HELD)),
      remove(`${SECRETS}/a`),
      post(WIDGETS, widget("a", { size: 1 }, {}, HELD)),
      remove(`${WIDGETS}/a`),
    ],
  },
  { number: "F201", title: "delete of what is not there", requests: [remove(`${SECRETS}/a`), remove(`${WIDGETS}/a`)] },
  {
    number: "F202",
    title: "the second delete of what is being deleted",
    requests: [post(SECRETS, secret("a", {}, HELD)), remove(`${SECRETS}/a`), remove(`${SECRETS}/a`)],
  },
  {
    number: "F204",
    title: "options that cannot be read",
    limit: "the caller's mistake is 400, not 500",
    requests: [
      post(SECRETS, secret("a")),
      remove(`${SECRETS}/a`, "nonsense"),
      remove(`${SECRETS}/a`, { propagationPolicy: "X" }),
      remove(`${SECRETS}/a?propagationPolicy=X`),
      remove(`${SECRETS}/a`, { kind: "Nonsense", apiVersion: "v1" }),
    ],
  },
  {
    number: "F205",
    title: "two policies at once",
    requests: [
      post(SECRETS, secret("a")),
      remove(`${SECRETS}/a`, { orphanDependents: true, propagationPolicy: "Orphan" }),
    ],
  },
  {
    number: "F206",
    title: "a delete meant for another uid",
    requests: [
      post(SECRETS, secret("a")),
      remove(`${SECRETS}/a`, { preconditions: { uid: "00000000-0000-4000-8000-000000000000" } }),
      post(WIDGETS, widget("a")),
      remove(`${WIDGETS}/a`, { preconditions: { uid: "00000000-0000-4000-8000-000000000000" } }),
    ],
  },
  {
    number: "F207",
    title: "a delete meant for another version",
    requests: [
      post(SECRETS, secret("a")),
      remove(`${SECRETS}/a`, { preconditions: { resourceVersion: "1" } }),
      remove(`${SECRETS}/a`, { preconditions: { resourceVersion: "<<0.metadata.resourceVersion>>" } }),
    ],
  },
  {
    number: "F213",
    title: "a deletion cannot be taken back",
    requests: [
      post(SECRETS, secret("a", {}, HELD)),
      remove(`${SECRETS}/a`),
      patch("merge", `${SECRETS}/a`, { metadata: { deletionTimestamp: null } }),
      get(`${SECRETS}/a`),
    ],
  },
  {
    number: "F215",
    title: "delete of the default namespace",
    limit: "every 403 keeps browsers from guessing its type",
    requests: [remove("/api/v1/namespaces/default")],
  },
  {
    number: "F216",
    title: "delete of a collection answers with it",
    requests: [
      post(SECRETS, secret("a", {}, { labels: { x: "1" } })),
      post(SECRETS, secret("b")),
      remove(`${SECRETS}?labelSelector=x%3D1`),
      get(SECRETS),
    ],
  },
  {
    number: "F216",
    title: "delete of a collection of custom resources",
    requests: [post(WIDGETS, widget("a")), remove(WIDGETS), get(WIDGETS)],
  },
  {
    number: "F219",
    title: "delete of a collection by a broken selector",
    requests: [remove(`${SECRETS}?labelSelector=a+b`)],
  },
  {
    number: "F220",
    title: "a dry run of a delete of a collection",
    requests: [post(SECRETS, secret("a")), remove(`${SECRETS}?dryRun=All`), get(`${SECRETS}/a`)],
  },
  {
    number: "F221",
    title: "a collection of all namespaces is not deleted",
    requests: [remove("/api/v1/secrets"), remove("/apis/fidelity.tenantry.test/v1/widgets")],
  },
  {
    number: "F222",
    title: "what an owner leaves behind is collected",
    requests: [
      post(SECRETS, secret("owner")),
      post(
        SECRETS,
        secret(
          "owned",
          {},
          {
            ownerReferences: [{ apiVersion: "v1", kind: "Secret", name: "owner", uid: "<<0.metadata.uid>>" }],
          },
        ),
      ),
      remove(`${SECRETS}/owner`, { propagationPolicy: "Background" }),
      get(`${SECRETS}/owned`, { until: { status: 404 } }),
    ],
  },
  {
    number: "F224",
    title: "orphans live on without their owner",
    requests: [
      post(SECRETS, secret("owner")),
      post(
        SECRETS,
        secret(
          "owned",
          {},
          {
            ownerReferences: [{ apiVersion: "v1", kind: "Secret", name: "owner", uid: "<<0.metadata.uid>>" }],
          },
        ),
      ),
      remove(`${SECRETS}/owner`, { propagationPolicy: "Orphan" }),
      get(`${SECRETS}/owner`, { until: { status: 404 } }),
      get(`${SECRETS}/owned`, { only: ["metadata.name", "metadata.ownerReferences"] }),
    ],
  },
];
