import { spawnSync } from "node:child_process";
import { chmod, chown, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  desiredServer,
  openRuntime,
  query,
  TEST_CACHE,
  temporaryDirectory,
} from "../../../test/support/postgres-plane.js";
import { createProcessRuntime } from "./create-process-runtime.js";

const isRoot = process.getuid?.() === 0;
/** Somebody who runs nothing here. */
const STRANGER = 54_321;

describe("a directory that PostgreSQL's user cannot use", () => {
  it.skipIf(!isRoot)("is named with what to do when a parent is closed", async () => {
    const parent = await temporaryDirectory();
    await chmod(parent, 0o700);
    const directory = join(parent, "plane");
    const refused = createProcessRuntime({ directory, cacheDirectory: TEST_CACHE });
    await expect(refused).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining(`chmod o+x ${parent}"`),
    });
    await chmod(parent, 0o711);
    const { runtime } = await openRuntime({ directory });
    const server = await runtime.ensure("one", await desiredServer());
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it.skipIf(!isRoot)("is named with its owner when the data belongs to somebody else, and left as it is", async () => {
    const { runtime, directory } = await openRuntime();
    const desired = await desiredServer();
    await runtime.ensure("one", desired);
    await runtime.stop("one");
    const data = join(directory, "instances", "one", "data");
    const { uid, gid } = await stat(data);
    await chown(data, STRANGER, STRANGER);
    const before = await readdir(data);
    await expect(runtime.ensure("one", desired)).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringMatching(new RegExp(`${data} belongs to user ${STRANGER}.*chown -R`)),
    });
    expect(await readdir(data)).toEqual(before);
    expect((await stat(data)).uid).toBe(STRANGER);
    await chown(data, uid, gid);
    const server = await runtime.ensure("one", desired);
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("belongs to the owner of the plane's directory where root starts it, else to whoever starts it", async () => {
    const directory = await temporaryDirectory();
    if (isRoot) await chown(directory, 65_534, 65_534);
    const { runtime } = await openRuntime({ directory });
    const server = await runtime.ensure("one", await desiredServer());
    const expected = isRoot ? 65_534 : process.getuid?.();
    const data = await stat(join(directory, "instances", "one", "data"));
    expect(data.uid).toBe(expected);
    expect(data.mode & 0o777).toBe(0o700);
    if (process.platform === "linux") expect((await stat(`/proc/${server.pid}`)).uid).toBe(expected);
  });

  it.skipIf(isRoot)("cannot be that of another user when an ordinary one starts it", async () => {
    const refused = createProcessRuntime({
      directory: await temporaryDirectory(),
      runAs: "root",
      cacheDirectory: TEST_CACHE,
    });
    await expect(refused).rejects.toMatchObject({ code: "permission_denied" });
  });

  it("is explained when there is no such user", async () => {
    const directory = await temporaryDirectory();
    const refused = createProcessRuntime({ directory, runAs: "no-such-user", cacheDirectory: TEST_CACHE });
    await expect(refused).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining("no-such-user"),
    });
  });
});

/** Mounts a small file system, or says why it cannot. */
function mountSmallDisk(directory: string, sizeMegabytes: number): boolean {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMegabytes}m,mode=0711`, "tmpfs", directory]);
  if (status === 0) onTestFinished(() => void spawnSync("umount", ["--lazy", directory]));
  return status === 0;
}

describe("a full disk", () => {
  it("gives resource_exhausted and leaves nothing half made; once there is room, the same call succeeds", async ({
    skip,
  }) => {
    const directory = await temporaryDirectory();
    if (!isRoot || !mountSmallDisk(directory, 20)) skip("only root may mount a small disk to fill");
    const { runtime } = await openRuntime({ directory });
    const desired = await desiredServer();
    await expect(runtime.ensure("one", desired)).rejects.toMatchObject({ code: "resource_exhausted", retryable: true });
    expect(await runtime.list()).toEqual([]);
    expect(await readdir(join(directory, "making"))).toEqual([]);
    expect(await readdir(join(directory, "trash"))).toEqual([]);
    await expect(runtime.warm(1)).rejects.toMatchObject({ code: "resource_exhausted" });
    expect(await readdir(join(directory, "warm"))).toEqual([]);

    spawnSync("mount", ["-o", "remount,size=200m", directory]);
    const server = await runtime.ensure("one", desired);
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("at any moment of a first start leaves nothing half made", async ({ skip }) => {
    const directory = await temporaryDirectory();
    if (!isRoot || !mountSmallDisk(directory, 200)) skip("only root may mount a small disk to fill");
    const { runtime } = await openRuntime({ directory });
    const desired = await desiredServer();
    await runtime.ensure("measured", desired);
    await runtime.remove("measured");
    // From what a copy takes to what a running server takes: the disk fills in the copy, the configuration, the start or the bootstrap.
    for (let megabytes = 32; megabytes <= 50; megabytes += 3) {
      spawnSync("mount", ["-o", `remount,size=${megabytes}m`, directory]);
      const outcome = await runtime.ensure("one", desired).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({ code: "resource_exhausted" });
        expect(await runtime.list()).toEqual([]);
        expect(await readdir(join(directory, "making"))).toEqual([]);
      } else {
        await runtime.remove("one");
      }
    }
    spawnSync("mount", ["-o", "remount,size=200m", directory]);
    const server = await runtime.ensure("one", desired);
    expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("keeps a server that has data: it starts again when there is room", async ({ skip }) => {
    const directory = await temporaryDirectory();
    if (!isRoot || !mountSmallDisk(directory, 200)) skip("only root may mount a small disk to fill");
    const { runtime } = await openRuntime({ directory });
    const desired = await desiredServer();
    const first = await runtime.ensure("one", desired);
    await query(first, "CREATE TABLE kept AS SELECT 42 AS answer");
    await runtime.stop("one");
    spawnSync("fallocate", ["-l", "1g", join(directory, "filler")]);
    spawnSync("dd", ["if=/dev/zero", `of=${join(directory, "filler")}`, "bs=1M"]);
    await expect(runtime.ensure("one", desired)).rejects.toMatchObject({ code: "resource_exhausted" });
    spawnSync("rm", [join(directory, "filler")]);
    const again = await runtime.ensure("one", desired);
    expect(await query(again, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    expect(await readFile(join(directory, "instances", "one", "instance.json"), "utf8")).toContain("alice");
  });
});
