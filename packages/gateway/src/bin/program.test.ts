import type { Command, CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram } from "./program.js";

/** Parses `args` as the command does; nothing is started. */
async function parse(...args: readonly string[]) {
  let out = "";
  let err = "";
  const called: [string, unknown][] = [];
  const note = (name: string) => async (flags: unknown) => void called.push([name, flags]);
  const program = createProgram({ dev: note("dev"), serve: note("serve"), token: note("token") });
  const capture = (command: Command): void => {
    command.configureOutput({
      writeOut: (text) => {
        out += text;
      },
      writeErr: (text) => {
        err += text;
      },
    });
    command.exitOverride();
    command.commands.forEach(capture);
  };
  capture(program);
  const exitCode = await program.parseAsync([...args], { from: "user" }).then(
    () => undefined,
    (error: CommanderError) => error.exitCode,
  );
  return { out, err, called, exitCode };
}

describe("the command line", () => {
  it("explains itself, with examples, exit codes and every option", async () => {
    const { out, exitCode } = await parse("--help");
    expect(exitCode).toBe(0);
    for (const text of ["dev", "serve", "token", "Examples:", "Exit codes:", "130", "TENANTRY_VERBOSE"]) {
      expect(out).toContain(text);
    }
    const dev = (await parse("dev", "--help")).out;
    for (const text of ["--directory", "--port", "--json", "--warm", "/var/lib/tenantry/dev", "Examples:"]) {
      expect(dev).toContain(text);
    }
    expect((await parse("serve", "--help")).out).toMatch(/issuers:[\s\S]*Example:/);
    expect((await parse("token", "--help")).out).toMatch(/--ttl[\s\S]*Examples:/);
  });

  it("tells its version", async () => {
    expect((await parse("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("hands the options over as values, with defaults", async () => {
    expect((await parse("dev")).called).toEqual([["dev", { warm: 1 }]]);
    expect((await parse("dev", "--directory", "d", "--port", "0", "--json", "--warm", "3")).called).toEqual([
      ["dev", { directory: "d", port: 0, json: true, warm: 3 }],
    ]);
    expect((await parse("token", "--namespace", "a", "b", "--ttl", "1h")).called).toEqual([
      ["token", { namespace: ["a", "b"], role: "namespace-admin", ttl: 3600 }],
    ]);
    expect((await parse("token", "--account")).called).toEqual([
      ["token", { account: true, role: "namespace-admin", ttl: 43_200 }],
    ]);
    expect((await parse("serve", "--config", "c.yaml")).called).toEqual([["serve", { config: "c.yaml" }]]);
  });

  it.each([
    [["dve"], "Did you mean dev?"],
    [["dev", "--prot", "1"], "Did you mean --port?"],
    [["dev", "--port", "80000"], "between 0 and 65535"],
    [["dev", "--warm", "many"], "between 0 and 100"],
    [["dev", "extra"], "too many arguments"],
    [["serve"], "required option '--config <file>' not specified"],
    [["token", "--ttl", "soon"], "90s, 15m, 12h or 7d"],
    [[], "Usage: tenantry"],
  ])("is helpful about %j", async (args, message) => {
    const { err, called, exitCode } = await parse(...args);
    expect(err).toContain(message);
    expect(called).toEqual([]);
    expect(exitCode).not.toBe(0);
  });
});
