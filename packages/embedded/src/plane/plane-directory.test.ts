import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPlaneDirectory } from "./plane-directory.js";

const isRoot = process.geteuid?.() === 0;
const STRANGER = 12_345;

describe("a plane's directory", () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "tenantry-directory-"));
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  it("is made with all that leads to it", async () => {
    const { path } = await openPlaneDirectory(join(parent, "a", "b"));
    expect((await stat(path)).isDirectory()).toBe(true);
    expect((await stat(path)).mode & 0o066).toBe(0);
  });

  it("may exist already", async () => {
    await expect(openPlaneDirectory(parent)).resolves.toMatchObject({ path: parent });
  });

  it("is refused when it is a file", async () => {
    const path = join(parent, "file");
    await writeFile(path, "");
    await expect(openPlaneDirectory(path)).rejects.toMatchObject({
      code: "invalid_argument",
      message: `[invalid_argument] directory: "${path}" is not a directory; choose another`,
    });
    await expect(openPlaneDirectory(join(path, "below"))).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it.runIf(isRoot)("is refused when it belongs to someone else, with the owner's name and the ways out", async () => {
    await chown(parent, STRANGER, STRANGER);
    await expect(openPlaneDirectory(parent)).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringMatching(/belongs to user 12345, .*runs as 0 \(root\).*chown -R 0/) as unknown,
    });
  });

  it.runIf(isRoot)("is refused when the store inside belongs to someone else", async () => {
    await writeFile(join(parent, "store.sqlite"), "");
    await chown(join(parent, "store.sqlite"), STRANGER, STRANGER);
    await expect(openPlaneDirectory(parent)).rejects.toMatchObject({ code: "permission_denied" });
  });

  it.runIf(!isRoot)("is refused when it is root's", async () => {
    await expect(openPlaneDirectory("/usr")).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringMatching(/"\/usr" belongs to user 0 \(root\)/) as unknown,
    });
  });

  // Root may write anywhere, so only an ordinary user can see this.
  it.runIf(!isRoot)("is refused when it is not writable or may not be made", async () => {
    const readOnly = join(parent, "read-only");
    await mkdir(readOnly, { mode: 0o555 });
    await expect(openPlaneDirectory(readOnly)).rejects.toMatchObject({ code: "permission_denied" });
    await expect(openPlaneDirectory(join(readOnly, "below"))).rejects.toMatchObject({ code: "permission_denied" });
    await chmod(readOnly, 0o755);
  });
});
