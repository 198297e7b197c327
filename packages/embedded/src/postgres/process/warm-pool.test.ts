import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  desiredServer,
  OWNER_PASSWORD,
  openRuntime,
  query,
  temporaryDirectory,
} from "../../../test/support/postgres-plane.js";

// Made at low priority: on a machine with much else to do they take their time.
describe("copies kept warm", { timeout: 120_000 }, () => {
  it("are claimed instead of copying, are whole, and are made again afterwards", async () => {
    const { runtime, directory } = await openRuntime();
    await runtime.warm(2);
    const prepared = await readdir(join(directory, "warm"));
    expect(prepared).toHaveLength(2);
    const steps: string[] = [];
    const passwords = { alice: OWNER_PASSWORD, postgres: OWNER_PASSWORD };
    const desired = await desiredServer({ passwords });
    const server = await runtime.ensure("one", desired, { onStep: (step) => steps.push(step) });
    expect(steps).toEqual(["starting", "bootstrapping"]);
    expect(await query(server, "SELECT current_database()::text AS database, current_user::text AS role")).toEqual([
      { database: "shop", role: "alice" },
    ]);
    await query(server, "CREATE DATABASE a TEMPLATE template0", { user: "postgres", database: "postgres" });
    await expect.poll(() => readdir(join(directory, "warm")), { timeout: 90_000 }).toHaveLength(2);
    expect(await readdir(join(directory, "warm"))).not.toEqual(prepared);
  });

  it("serve several claims at once, each a server of its own", async () => {
    const { runtime } = await openRuntime();
    await runtime.warm(2);
    const desired = await desiredServer();
    const servers = await Promise.all(["a", "b", "c"].map((id) => runtime.ensure(id, desired)));
    expect(new Set(servers.map(({ systemIdentifier }) => systemIdentifier)).size).toBe(3);
    for (const server of servers) expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("are taken over by the next process, but for those that are not whole", async () => {
    const directory = await temporaryDirectory();
    const first = await openRuntime({ directory });
    await first.runtime.warm(1);
    await first.runtime.close();
    const warm = join(directory, "warm");
    const [whole = ""] = await readdir(warm);
    // As a kill during its making would leave it, were it made in place.
    await cp(join(warm, whole), join(warm, "half"), { recursive: true });
    await rm(join(warm, "half", "instance.json"));
    const { runtime } = await openRuntime({ directory });
    expect(await readdir(warm)).toEqual([whole]);
    const steps: string[] = [];
    await runtime.ensure("one", await desiredServer(), { onStep: (step) => steps.push(step) });
    expect(steps).not.toContain("copying");
  });
});
