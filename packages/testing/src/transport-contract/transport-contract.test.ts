import { afterAll, beforeAll, describe, it } from "vitest";
import { createTestPlane, type TestPlane } from "../create-test-plane.js";
import { transportContract } from "./transport-contract.js";

describe("the embedded API server, in process: the transport", () => {
  let plane: TestPlane;
  beforeAll(async () => {
    plane = await createTestPlane();
  });
  afterAll(() => plane.close());
  it.each(transportContract)("$name", ({ run }) => run(plane.transport, plane));
});
