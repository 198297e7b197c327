import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandUser } from "./command-process.js";

const SOURCE = fileURLToPath(new URL("../../src/bin/tenantry.ts", import.meta.url));

export interface TestUsers {
  readonly users: readonly CommandUser[];
  /** Why there is no second one. */
  readonly note: string | undefined;
  /** Removes what was made for them. */
  remove(): void;
}

/** The user of the tests and, when that is root, an ordinary one: PostgreSQL and file modes treat the two differently. */
export function testUsers(): TestUsers {
  const alone = (label: string, note: string): TestUsers => ({ users: [{ label }], note, remove() {} });
  if (process.geteuid?.() !== 0) return alone("an ordinary user", "root is not tested: this is not root");
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout));
  if (!uid || !gid) return alone("root", "an ordinary user is not tested: there is no user nobody");
  const read = `require("node:fs").readFileSync(${JSON.stringify(SOURCE)})`;
  const canRead = spawnSync(process.execPath, ["-e", read], { uid, gid }).status === 0;
  if (!canRead) return alone("root", "an ordinary user is not tested: it cannot read this checkout");
  const home = mkdtempSync(join(tmpdir(), "tenantry-home-"));
  chownSync(home, uid, gid);
  const ordinary: CommandUser = { label: "an ordinary user", uid, gid, env: { HOME: home, TMPDIR: home } };
  return {
    users: [{ label: "root" }, ordinary],
    note: undefined,
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** A new directory of that user's. */
export function makeDirectory({ uid, gid }: CommandUser): string {
  const directory = mkdtempSync(join(tmpdir(), "tenantry-command-"));
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
  return directory;
}
