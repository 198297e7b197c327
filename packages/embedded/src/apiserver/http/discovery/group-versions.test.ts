import { expect, it } from "vitest";
import { compareVersions } from "./group-versions.js";

it("prefers the stablest version, then the newest", () => {
  const ordered = ["v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10"];
  expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered); // the example of the Kubernetes documentation
});
