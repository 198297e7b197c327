import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PackedPackage, packPublishedPackages, REPOSITORY } from "./published-packages.js";

const exec = promisify(execFile);
const BINARIES = join(REPOSITORY, "node_modules", ".bin");
const INSTALL_MS = 300_000;

/** What a consumer's compiler checks with. No condition of ours: the archives must do without our sources. */
const STRICT = {
  target: "ES2023",
  lib: ["ES2023"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
};

let directory: string;
let packages: readonly PackedPackage[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tenantry-packaging-"));
  await exec(join(BINARIES, "tsc"), ["-b"], { cwd: REPOSITORY });
  packages = await packPublishedPackages(directory);
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Runs a program to its end; its output is in the error when it fails. */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await exec(program, args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${basename(program)} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** An ESM project that has only the archives of `names` installed, with what they depend on. */
async function createConsumer(name: string, names: readonly string[], extra: readonly string[] = []): Promise<string> {
  const consumer = join(directory, name);
  await mkdir(consumer);
  await writeFile(join(consumer, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  const tarballs = packages.filter((packed) => names.includes(packed.name)).map(({ tarball }) => tarball);
  await run(
    "npm",
    ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", ...tarballs, ...extra],
    consumer,
  );
  return consumer;
}

describe("an archive", () => {
  test("holds what it builds from, what it is built to, a licence and a page to read", async () => {
    const licence = await readFile(join(REPOSITORY, "LICENSE"), "utf8");
    for (const { name, directory: source, files } of packages) {
      expect(files, name).toEqual(expect.arrayContaining(["package.json", "LICENSE", "README.md", "src/index.ts"]));
      expect(files, name).toEqual(expect.arrayContaining(["dist/index.js", "dist/index.d.ts"]));
      expect(await readFile(join(source, "LICENSE"), "utf8"), name).toBe(licence);
    }
  });

  test("holds no test, no secret and nothing from outside src and dist", () => {
    for (const { name, files } of packages) {
      expect(files.filter((path) => path.includes(".test.")).map((path) => `${name}: ${path}`)).toEqual([]);
      expect(files.filter((path) => /\.(env|pem|key|crt|p12|kubeconfig|db|sqlite)$|npmrc$/.test(path))).toEqual([]);
      const elsewhere = files.filter((path) => !/^(src|dist)\/|^(package\.json|LICENSE|README\.md)$/.test(path));
      expect(elsewhere.filter((path) => !path.endsWith("schema.graphql"))).toEqual([]);
    }
  });

  test("passes publint", async () => {
    for (const { name, tarball } of packages) {
      const archive = toArrayBuffer(await readFile(tarball));
      const { messages, pkg } = await publint({ pack: { tarball: archive }, strict: true });
      expect(
        messages.map((message) => formatMessage(message, pkg, { color: false })),
        name,
      ).toEqual([]);
    }
  });

  test("has types that resolve for every entry of an ESM consumer", { timeout: 120_000 }, async () => {
    for (const { tarball } of packages) {
      await run(join(BINARIES, "attw"), ["--profile", "esm-only", "--no-definitely-typed", tarball], directory);
    }
  });
});

describe("a consumer", () => {
  test("of the SDK alone gets one package, for the core depends on nothing", { timeout: INSTALL_MS }, async () => {
    const consumer = await createConsumer("sdk-only", ["@tenantry/sdk"]);
    const installed = (await readdir(join(consumer, "node_modules"))).filter((entry) => !entry.startsWith("."));
    expect(installed).toEqual(["@tenantry"]);
    expect(await readdir(join(consumer, "node_modules", "@tenantry"))).toEqual(["sdk"]);
    for (const entry of ["@tenantry/sdk", "@tenantry/sdk/providers/cloudnative-pg"]) {
      await run(process.execPath, ["--input-type=module", "--eval", `await import("${entry}")`], consumer);
    }
  });

  test("of all packages compiles and runs against every entry", { timeout: INSTALL_MS }, async () => {
    const names = packages.map(({ name }) => name);
    const consumer = await createConsumer("all", names, [`@types/node@${await installedVersion("@types/node")}`]);
    const entries = packages.flatMap((packed) => packed.entries);
    const imports = entries.map((entry, index) => `export * as entry${index} from ${JSON.stringify(entry)};`);
    await writeFile(join(consumer, "entries.ts"), `${imports.join("\n")}\n`);
    await cp(fileURLToPath(new URL("./consumer/main.ts", import.meta.url)), join(consumer, "main.ts"));

    for (const [resolution, module] of [
      ["Bundler", "ESNext"],
      ["NodeNext", "NodeNext"],
    ] as const) {
      const compilerOptions = { ...STRICT, module, moduleResolution: resolution, outDir: "out" };
      const project = join(consumer, `tsconfig.${resolution}.json`);
      await writeFile(project, JSON.stringify({ compilerOptions, files: ["main.ts", "entries.ts"] }));
      await run(join(BINARIES, "tsc"), ["-p", project], consumer);
    }
    for (const file of ["main.js", "entries.js"]) await run(process.execPath, [join("out", file)], consumer);
    const help = await run(join(consumer, "node_modules", ".bin", "tenantry"), ["--help"], consumer);
    expect(help).toContain("tenantry dev");
  });
});

async function installedVersion(name: string): Promise<string> {
  const manifest = await readFile(join(REPOSITORY, "node_modules", name, "package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version?: string };
  assert.ok(version);
  return version;
}

function toArrayBuffer(buffer: Buffer): ArrayBuffer {
  return Uint8Array.from(buffer).buffer;
}
