import type { ScriptedRequest } from "../fidelity-case.js";

export const SECRETS = "/api/v1/namespaces/<<ns>>/secrets";
export const CONFIG_MAPS = "/api/v1/namespaces/<<ns>>/configmaps";
export const WIDGETS = "/apis/fidelity.tenantry.test/v1/namespaces/<<ns>>/widgets";
export const PLANETS = "/apis/fidelity.tenantry.test/v1/planets";
export const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

type Extra = Readonly<Record<string, unknown>>;
type Metadata = Readonly<Record<string, unknown>>;

export const secret = (name: string | undefined, extra: Extra = {}, metadata: Metadata = {}) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { ...(name === undefined ? {} : { name }), ...metadata },
  ...extra,
});

export const configMap = (name: string, extra: Extra = {}, metadata: Metadata = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  ...extra,
});

export const widget = (name: string, spec: unknown = { size: 1 }, extra: Extra = {}, metadata: Metadata = {}) => ({
  apiVersion: "fidelity.tenantry.test/v1",
  kind: "Widget",
  metadata: { name, ...metadata },
  spec,
  ...extra,
});

export const get = (path: string, more: Partial<ScriptedRequest> = {}): ScriptedRequest => ({
  method: "GET",
  path,
  ...more,
});
export const post = (path: string, body: unknown, more: Partial<ScriptedRequest> = {}): ScriptedRequest => ({
  method: "POST",
  path,
  body,
  ...more,
});
export const put = (path: string, body: unknown, more: Partial<ScriptedRequest> = {}): ScriptedRequest => ({
  method: "PUT",
  path,
  body,
  ...more,
});
export const remove = (path: string, body?: unknown, more: Partial<ScriptedRequest> = {}): ScriptedRequest => ({
  method: "DELETE",
  path,
  ...(body === undefined ? {} : { body }),
  ...more,
});

const PATCHES = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

export const patch = (
  type: keyof typeof PATCHES,
  path: string,
  body: unknown,
  more: Partial<ScriptedRequest> = {},
): ScriptedRequest => ({ method: "PATCH", path, body, contentType: PATCHES[type], ...more });

/** The watch of a list, from the version that the answer to an earlier request has. */
export const watch = (path: string, events: number, query = ""): ScriptedRequest => ({
  method: "GET",
  path: `${path}?watch=true${query === "" ? "" : `&${query}`}`,
  events,
});
