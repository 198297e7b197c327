import { afterEach, beforeEach } from "vitest";
import { FakeRuntime } from "./fake-runtime.js";
import { startPlane } from "./plane.js";

type Plane = Awaited<ReturnType<typeof startPlane<FakeRuntime>>>;

/** A plane with a fake runtime, a new one for each test, closed after it. */
export function usePlane(): Plane {
  const plane = {} as Plane;
  beforeEach(async () => {
    Object.assign(plane, await startPlane(new FakeRuntime()));
  });
  afterEach(() => plane.close());
  return plane;
}
