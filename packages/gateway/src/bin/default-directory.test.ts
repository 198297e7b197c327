import { describe, expect, it } from "vitest";
import { defaultDirectory } from "./default-directory.js";

const USER = { uid: 1000, home: "/home/alice" };

describe("the directory of `tenantry dev` when none is named", () => {
  it("is the system's for root", () => {
    expect(defaultDirectory({ uid: 0, home: "/root", env: { XDG_DATA_HOME: "/elsewhere" } })).toBe(
      "/var/lib/tenantry/dev",
    );
  });

  it("is below the user's own data directory", () => {
    expect(defaultDirectory({ ...USER, env: {} })).toBe("/home/alice/.local/share/tenantry/dev");
    expect(defaultDirectory({ ...USER, env: { XDG_DATA_HOME: "/data" } })).toBe("/data/tenantry/dev");
  });

  it("takes no relative XDG_DATA_HOME, as the specification has it", () => {
    expect(defaultDirectory({ ...USER, env: { XDG_DATA_HOME: "data" } })).toBe("/home/alice/.local/share/tenantry/dev");
  });
});
