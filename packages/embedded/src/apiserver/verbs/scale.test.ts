import type { KubernetesObject } from "@tenantry/sdk";
import { beforeEach, expect, test } from "vitest";
import { useApiServer } from "../../../test/support/use-api-server.js";
import { WIDGETS, widgetDefinition } from "../../../test/support/widgets.js";
import { CUSTOM_RESOURCE_DEFINITIONS } from "../kinds/custom-resource-definition.js";

const count = { type: "integer" };
const DEFINITION = widgetDefinition({
  subresources: {
    status: {},
    scale: { specReplicasPath: ".spec.instances", statusReplicasPath: ".status.instances" },
  },
  schema: {
    openAPIV3Schema: {
      type: "object",
      properties: {
        spec: {
          type: "object",
          properties: { instances: { ...count, default: 1, maximum: 5 }, color: { type: "string" } },
        },
        status: { type: "object", properties: { instances: count } },
      },
    },
  },
});

interface Scale extends KubernetesObject {
  readonly spec: { readonly replicas: number };
}

const api = useApiServer();
const target = { resource: WIDGETS, namespace: "default", name: "w" };
beforeEach(async () => {
  await api.transport.send({ verb: "create", resource: CUSTOM_RESOURCE_DEFINITIONS, body: DEFINITION });
  const body = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, spec: { color: "red" } };
  await api.transport.send({ verb: "create", resource: WIDGETS, namespace: "default", body });
});
const scale = { ...target, subresource: "scale" };

test("shows the replicas that the definition's paths name", async () => {
  const shown = await api.transport.send<Scale>({ verb: "get", ...scale });
  expect(shown).toMatchObject({
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name: "w" },
    spec: { replicas: 1 },
    status: { replicas: 0 },
  });
});

test("changes the replicas, by update and by patch, and nothing else", async () => {
  const shown = await api.transport.send<Scale>({ verb: "get", ...scale });
  await api.transport.send({ verb: "update", ...scale, body: { ...shown, spec: { replicas: 3 } } });
  expect(await api.transport.send({ verb: "get", ...target })).toMatchObject({
    spec: { instances: 3, color: "red" },
    metadata: { generation: 2 },
  });
  await expect(
    api.transport.send({ verb: "update", ...scale, body: { ...shown, spec: { replicas: 4 } } }),
  ).rejects.toMatchObject({ code: "conflict" });
  const patched = await api.transport.send<Scale>({ verb: "patch", ...scale, body: { spec: { replicas: 2 } } });
  expect(patched.spec).toEqual({ replicas: 2 });
});

test("refuses what the kind's own schema refuses, and negative numbers", async () => {
  const patch = (replicas: unknown) => api.transport.send({ verb: "patch", ...scale, body: { spec: { replicas } } });
  await expect(patch(6)).rejects.toThrow("spec.instances in body should be less than or equal to 5");
  await expect(patch(-1)).rejects.toThrow(".spec.instances: Invalid value: -1");
  await expect(patch("x")).rejects.toMatchObject({ code: "invalid_argument" });
});
