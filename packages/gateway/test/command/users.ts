import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandUser } from "./command-process.js";

const SOURCE = fileURLToPath(new URL("../../src/bin/tenantry.ts", import.meta.url));

export interface TestUsers {
  readonly users: readonly CommandUser[];
  /** Why there is no second one. */
  readonly note: string | undefined;
}

/** The user of the tests and, when that is root, an ordinary one: PostgreSQL and file modes treat the two differently. */
export function testUsers(): TestUsers {
  if (process.geteuid?.() !== 0)
    return { users: [{ label: "an ordinary user" }], note: "root is not tested: this is not root" };
  const root: CommandUser = { label: "root" };
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout));
  if (!uid || !gid) return { users: [root], note: "an ordinary user is not tested: there is no user nobody" };
  const canRead = spawnSync(process.execPath, ["-e", `require("node:fs").readFileSync(${JSON.stringify(SOURCE)})`], {
    uid,
    gid,
  });
  if (canRead.status !== 0)
    return { users: [root], note: "an ordinary user is not tested: it cannot read this checkout" };
  const home = mkdtempSync(join(tmpdir(), "tenantry-home-"));
  chownSync(home, uid, gid);
  return { users: [root, { label: "an ordinary user", uid, gid, env: { HOME: home, TMPDIR: home } }], note: undefined };
}

/** A new directory of that user's. */
export function makeDirectory({ uid, gid }: CommandUser): string {
  const directory = mkdtempSync(join(tmpdir(), "tenantry-command-"));
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
  return directory;
}
