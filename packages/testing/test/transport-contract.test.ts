import { createKubeconfigTransport, type KubeconfigTransport } from "@tenantry/sdk/transport/kubeconfig";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestPlane, type TestPlane, transportContract } from "../src/index.js";
import { type HttpsPlane, startHttpsPlane } from "./https-plane.js";

it("has at least 60 promises, each with a name of its own", () => {
  expect(new Set(transportContract.map(({ name }) => name)).size).toBe(transportContract.length);
  expect(transportContract.length).toBeGreaterThanOrEqual(60);
});

describe("the embedded API server, in process: the transport", () => {
  let plane: TestPlane;
  beforeAll(async () => {
    plane = await createTestPlane();
  });
  afterAll(() => plane.close());
  for (const { name, run } of transportContract) it(name, () => run(plane.transport, plane));
});

describe("the embedded API server, over HTTPS with a kubeconfig: the transport", () => {
  let plane: HttpsPlane;
  let transport: KubeconfigTransport;
  beforeAll(async () => {
    plane = await startHttpsPlane();
    transport = await createKubeconfigTransport({ kubeconfig: plane.kubeconfig });
  });
  afterAll(async () => {
    transport.close();
    await plane.close();
  });
  const lane = { expireHistory: () => plane.store.compact(plane.store.revision()) };
  for (const { name, run } of transportContract) it(name, () => run(transport, lane));
});
