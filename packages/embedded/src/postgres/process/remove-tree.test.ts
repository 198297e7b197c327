import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeTree } from "./remove-tree.js";

// What a copy does whose process was killed: it goes on, file by file, and ends where its directory is gone.
const FILL = `
  const fs = require("node:fs");
  const directory = process.argv[1] + "/data/base/1";
  fs.mkdirSync(directory, { recursive: true });
  process.stdout.write("filling");
  const end = Date.now() + 400;
  try { for (let i = 0; Date.now() < end; i++) fs.writeFileSync(directory + "/" + i, ""); } catch {}
`;
const FILLERS = 4;

test("directories that other processes are still filling are removed, and nothing comes back", async () => {
  const parent = await mkdtemp(join(tmpdir(), "tenantry-remove-"));
  const names = Array.from({ length: FILLERS }, (_, index) => `making-${index}`);
  const fillers = names.map((name) =>
    spawn(process.execPath, ["-e", FILL, join(parent, name)], { stdio: ["ignore", "pipe", "inherit"] }),
  );
  try {
    const ended = fillers.map((filler) => once(filler, "exit"));
    await Promise.all(fillers.map((filler) => once(filler.stdout, "data")));
    await Promise.all(names.map((name) => removeTree(join(parent, name))));
    await Promise.all(ended);
    expect(await readdir(parent)).toEqual([]);
  } finally {
    for (const filler of fillers) filler.kill();
    await rm(parent, { recursive: true, force: true });
  }
});
