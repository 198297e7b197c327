import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { PlaneProcess } from "../../../test/support/plane-process.js";
import {
  desiredServer,
  OWNER_PASSWORD,
  openRuntime,
  query,
  TEST_CACHE,
  temporaryDirectory,
  testAuthority,
} from "../../../test/support/postgres-plane.js";
import { isAlive } from "./postmaster-pid.js";

/** Process ids of postmasters whose command line names `directory`. */
async function postmastersIn(directory: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (command.includes("/bin/postgres\0") && command.includes(directory)) found.push(Number(entry));
  }
  return found;
}

const hasProc = process.platform === "linux";

describe("a server that dies", { timeout: 120_000 }, () => {
  it("is told to whoever listens, and the next ensure() brings it back with its data", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const first = await runtime.ensure("one", desired);
    await query(first, "CREATE TABLE kept AS SELECT 42 AS answer");
    const exited = new Promise<string>((resolve) => runtime.onExit(resolve));
    process.kill(first.pid, "SIGKILL");
    expect(await exited).toBe("one");
    const again = await runtime.ensure("one", { ...desired, port: first.port });
    expect(again.pid).not.toBe(first.pid);
    expect(await query(again, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("comes back while sessions of the killed postmaster are still at work", async () => {
    const { runtime } = await openRuntime();
    const desired = await desiredServer();
    const first = await runtime.ensure("one", desired);
    const ssl = { ca: (await testAuthority()).certificate };
    const busy = new pg.Client({ ...first, user: "alice", database: "shop", password: OWNER_PASSWORD, ssl });
    busy.on("error", () => undefined);
    await busy.connect();
    // A busy backend notices the death of its postmaster only when it waits for something.
    const work = busy.query("SELECT count(*) FROM generate_series(1, 30000000)").catch((error: unknown) => error);
    onTestFinished(() => busy.end().catch(() => undefined));
    const exited = new Promise<string>((resolve) => runtime.onExit(resolve));
    process.kill(first.pid, "SIGKILL");
    await exited;
    const again = await runtime.ensure("one", desired);
    expect(await query(again, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await work;
  });

  it.skipIf(!hasProc)("is not taken for running when its number belongs to another process now", async () => {
    const { runtime, directory } = await openRuntime();
    const desired = await desiredServer();
    const first = await runtime.ensure("one", desired);
    const pidFile = join(directory, "instances", "one", "data", "postmaster.pid");
    const left = await readFile(pidFile, "utf8");
    await runtime.stop("one");
    const { uid, gid } = await stat(join(pidFile, ".."));
    const identity = process.getuid?.() === 0 ? { uid, gid } : {};
    const other = spawn("sleep", ["60"], { ...identity, cwd: "/", stdio: "ignore" });
    onTestFinished(() => void other.kill());
    await once(other, "spawn");
    await writeFile(pidFile, left.replace(/^\d+/, String(other.pid)));
    const again = await runtime.ensure("one", { ...desired, port: first.port });
    expect(again.systemIdentifier).toBe(first.systemIdentifier);
    expect(await query(again, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(await isAlive(other.pid ?? 0)).toBe(true);
  });
});

describe("after SIGKILL of the process that started it", { timeout: 120_000 }, () => {
  it.skipIf(!hasProc)("a server is adopted with its clients, not started twice, and watched", async () => {
    const directory = await temporaryDirectory();
    const desired = await desiredServer();
    const plane = new PlaneProcess({ directory, cacheDirectory: TEST_CACHE, servers: { one: desired } });
    const first = await plane.server();
    const ssl = { ca: (await testAuthority()).certificate };
    const client = new pg.Client({ ...first, user: "alice", database: "shop", password: OWNER_PASSWORD, ssl });
    client.on("error", () => undefined);
    await client.connect();
    await plane.kill();

    const { runtime } = await openRuntime({ directory });
    const steps: string[] = [];
    const adopted = await runtime.ensure("one", desired, { onStep: (step) => steps.push(step) });
    expect(adopted).toEqual({ ...first, startedAt: new Date(first.startedAt) });
    expect(steps).toContain("adopted");
    expect(await postmastersIn(directory)).toEqual([first.pid]);
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await client.end();

    const exited = new Promise<string>((resolve) => runtime.onExit(resolve));
    process.kill(first.pid, "SIGKILL");
    expect(await exited).toBe("one");
    await runtime.ensure("one", desired);
    await runtime.close();
    expect(await postmastersIn(directory)).toEqual([]);
  });

  it.skipIf(!hasProc)("close() stops also the servers that nobody asked for again", async () => {
    const directory = await temporaryDirectory();
    const plane = new PlaneProcess({ directory, cacheDirectory: TEST_CACHE, servers: { one: await desiredServer() } });
    const { pid } = await plane.server();
    await plane.kill();
    const { runtime } = await openRuntime({ directory });
    expect(await runtime.list()).toEqual(["one"]);
    await runtime.close();
    expect(await isAlive(pid)).toBe(false);
  });

  it.each(["copying", "starting", "bootstrapping"])(
    "in the step %s, the next process makes a whole server of it",
    async (step) => {
      const directory = await temporaryDirectory();
      const desired = await desiredServer();
      const plane = new PlaneProcess({ directory, cacheDirectory: TEST_CACHE, servers: { one: desired } });
      await plane.step(step);
      await plane.kill();
      const { runtime } = await openRuntime({ directory });
      const passwords = { ...desired.passwords, postgres: OWNER_PASSWORD };
      const server = await runtime.ensure("one", { ...desired, passwords });
      expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
      await query(server, "CREATE DATABASE a TEMPLATE template0", { user: "postgres", database: "postgres" });
      await query(server, "CREATE DATABASE b", { user: "postgres", database: "postgres" });
      await runtime.close();
      if (hasProc) expect(await postmastersIn(directory)).toEqual([]);
      expect(await readdir(join(directory, "making"))).toEqual([]);
    },
  );
});

describe("what an earlier process left half done", () => {
  it("a home without its marker is no server: it is made anew", async () => {
    const { runtime, directory } = await openRuntime();
    await mkdir(join(directory, "instances", "one", "data", "base"), { recursive: true });
    await writeFile(join(directory, "instances", "one", "data", "PG_VERSION"), "18\n");
    const server = await runtime.ensure("one", await desiredServer());
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("a removal is finished, and a copy thrown away, when the next process starts", async () => {
    const directory = await temporaryDirectory();
    for (const left of ["trash", "making", "warm"]) {
      await mkdir(join(directory, left, "left", "data", "base"), { recursive: true });
      await cp(import.meta.filename, join(directory, left, "left", "data", "base", "file"));
    }
    await openRuntime({ directory });
    await expect
      .poll(async () => Promise.all(["trash", "making", "warm"].map((name) => readdir(join(directory, name)))), {
        timeout: 10_000,
      })
      .toEqual([[], [], []]);
  });

  it("a removal that goes on in the background spares what is being made", async () => {
    const directory = await temporaryDirectory();
    for (let copy = 0; copy < 20; copy += 1) {
      await mkdir(join(directory, "trash", `left-${copy}`, "data", "base"), { recursive: true });
    }
    const { runtime } = await openRuntime({ directory });
    const desired = await desiredServer();
    const servers = await Promise.all(["a", "b"].map((id) => runtime.ensure(id, desired)));
    for (const server of servers) expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("data of another major version is refused and left alone", async () => {
    const { runtime, directory } = await openRuntime();
    const marker = join(directory, "instances", "one", "instance.json");
    await mkdir(join(marker, "..", "data"), { recursive: true });
    await writeFile(marker, JSON.stringify({ systemIdentifier: "1", build: "x", major: 17, flushed: true }));
    await expect(runtime.ensure("one", await desiredServer())).rejects.toMatchObject({
      code: "unimplemented",
      message: expect.stringContaining("PostgreSQL 17"),
    });
    expect(await readdir(join(marker, ".."))).toEqual(["data", "instance.json"]);
  });
});

describe("ensure() and its caller", () => {
  it("stops waiting when the signal aborts, leaves no server, and can be repeated", async () => {
    const { runtime, directory } = await openRuntime();
    const desired = await desiredServer();
    const abort = new AbortController();
    const waiting = runtime.ensure("one", desired, {
      signal: abort.signal,
      onStep: (step) => step === "starting" && abort.abort(new Error("enough")),
    });
    await expect(waiting).rejects.toThrow("enough");
    if (hasProc) expect(await postmastersIn(directory)).toEqual([]);
    const server = await runtime.ensure("one", desired);
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("says with the server's last words when it does not come up in time", async () => {
    const { runtime } = await openRuntime({ startTimeoutMs: 0 });
    await expect(runtime.ensure("one", await desiredServer())).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
      message: expect.stringMatching(/did not start within 0 ms/),
    });
  });

  it("is refused once the runtime is closing", async () => {
    const { runtime } = await openRuntime();
    await runtime.close();
    await expect(runtime.ensure("one", await desiredServer())).rejects.toMatchObject({ code: "unavailable" });
  });
});
