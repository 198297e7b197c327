import { execFile } from "node:child_process";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { codeBlocks, fileLinks, REPOSITORY, readPages } from "./markdown.js";

const exec = promisify(execFile);

test("links lead to files that are there", async () => {
  const broken: string[] = [];
  for (const page of await readPages()) {
    for (const target of fileLinks(page)) {
      const found = await access(join(REPOSITORY, dirname(page.path), target)).then(
        () => true,
        () => false,
      );
      if (!found) broken.push(`${page.path}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test("paths that pages name in code quotes are there", async () => {
  const broken: string[] = [];
  for (const { path, text } of await readPages()) {
    for (const [, named = ""] of text.matchAll(/`((?:packages|docs|test|examples|bench)\/[\w./-]+)`/g)) {
      const found = await access(join(REPOSITORY, named)).then(
        () => true,
        () => false,
      );
      if (!found) broken.push(`${path}: ${named}`);
    }
  }
  expect(broken).toEqual([]);
});

test("scripts that pages name exist", async () => {
  const manifest = JSON.parse(await readFile(join(REPOSITORY, "package.json"), "utf8")) as {
    scripts: Readonly<Record<string, string>>;
  };
  const unknown: string[] = [];
  for (const { path, text } of await readPages()) {
    for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g)) {
      if (!(script in manifest.scripts)) unknown.push(`${path}: npm run ${script}`);
    }
  }
  expect(unknown).toEqual([]);
});

test("a snippet that says where it is cut from is a part of that file, letter by letter", async () => {
  let checked = 0;
  for (const page of await readPages()) {
    for (const { cutFrom, code } of codeBlocks(page)) {
      if (cutFrom === undefined) continue;
      expect(await readFile(join(REPOSITORY, cutFrom), "utf8"), `${page.path} against ${cutFrom}`).toContain(code);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(0);
});

test("every TypeScript snippet compiles against the packages as they are", { timeout: 120_000 }, async () => {
  // Inside the repository, so that imports resolve as they do for its own files.
  const directory = join(REPOSITORY, "reports", "snippets");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const page of await readPages()) {
    const name = page.path.replaceAll("/", "-").replace(/\.md$/, "");
    const snippets = codeBlocks(page).filter(({ language, code }) => language === "ts" && code.includes("import "));
    for (const [index, { code }] of snippets.entries()) await writeFile(join(directory, `${name}-${index}.ts`), code);
  }
  const compilerOptions = { noEmit: true, composite: false, incremental: false, rootDir: "../.." };
  const project = { extends: "../../tsconfig.base.json", compilerOptions, include: ["*.ts"] };
  await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(directory, "tsconfig.json"), JSON.stringify(project));
  const tsc = join(REPOSITORY, "node_modules", ".bin", "tsc");
  const problems = await exec(tsc, ["-p", directory]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  expect(problems).toBe("");
});
