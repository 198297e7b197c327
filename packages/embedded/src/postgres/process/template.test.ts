import { mkdir, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { PlaneProcess } from "../../../test/support/plane-process.js";
import { desiredServer, openRuntime, query, temporaryDirectory } from "../../../test/support/postgres-plane.js";

/** Names without the parts that differ from build to build and user to user. */
async function cached(cacheDirectory: string): Promise<readonly string[]> {
  return (await readdir(cacheDirectory))
    .map((name) => name.replace(/^(postgresql|template)-(?!.*building).*/, "$1"))
    .sort();
}

/** What is found while others are still making and renaming it; a folder that went away under the search ends it. */
async function everything(directory: string): Promise<readonly string[]> {
  return readdir(directory, { recursive: true }).catch(() => []);
}

// Each case makes a cache of its own, a second of work for a machine that has nothing else to do.
describe("the cache of programs and template", { timeout: 120_000 }, () => {
  it("is made once by two processes that start at the same time, and both have a server", async () => {
    const cacheDirectory = await temporaryDirectory();
    const servers = { one: await desiredServer() };
    const planes = await Promise.all(
      [0, 1].map(async () => new PlaneProcess({ directory: await temporaryDirectory(), cacheDirectory, servers })),
    );
    const running = await Promise.all(planes.map((plane) => plane.server()));
    for (const server of running) expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(running[0]?.systemIdentifier).not.toBe(running[1]?.systemIdentifier);
    expect(await cached(cacheDirectory)).toEqual(["postgresql", "template"]);
    for (const { pid } of running) process.kill(pid, "SIGQUIT");
  });

  it.each([
    ["the programs", /^postgresql-.*building\/bin\/./],
    ["the libraries", /^postgresql-.*building\/lib\/./],
    ["the template", /^template-.*building\/data\/PG_VERSION/],
    ["the application's database", /^template-.*building\/data\/base\/16384\/./],
  ])("survives a kill once there is something of %s", async (_, arrival) => {
    const cacheDirectory = await temporaryDirectory();
    const plane = new PlaneProcess({ directory: await temporaryDirectory(), cacheDirectory, servers: {} });
    while (!(await everything(cacheDirectory)).some((path) => arrival.test(path))) await pause(1);
    await plane.kill();
    const { runtime } = await openRuntime({ cacheDirectory });
    const server = await runtime.ensure("one", await desiredServer());
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    const complete = (await cached(cacheDirectory)).filter((name) => !name.includes("building"));
    expect(complete).toEqual(["postgresql", "template"]);
  });

  it("is cleared of what a killed process left there long ago", async () => {
    const cacheDirectory = await temporaryDirectory();
    const left = join(cacheDirectory, "template-x.00000000.building");
    await mkdir(left);
    await utimes(left, new Date(0), new Date(0));
    await mkdir(join(cacheDirectory, "postgresql-x.00000000.building"));
    await openRuntime({ cacheDirectory });
    expect(await cached(cacheDirectory)).toEqual(["postgresql", "postgresql-x.00000000.building", "template"]);
  });
});
