import { TenantryError } from "@tenantry/sdk";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../configuration/configuration-error.js";
import { reportFailure } from "./report-failure.js";

const quiet = { verbose: false };

describe("a failure of the command", () => {
  it("is one line without the code that is for programs, and without a stack", () => {
    expect(reportFailure(new TenantryError("conflict", "directory: in use"), quiet)).toEqual({
      exitCode: 1,
      text: "tenantry: directory: in use\n",
    });
  });

  it("shows the stack and the cause to those who ask", () => {
    const error = new TenantryError("internal", "no start", { cause: new Error("deep inside") });
    const { text } = reportFailure(error, { verbose: true });
    expect(text).toMatch(/at .*report-failure\.test\.ts/);
    expect(text).toContain("deep inside");
    expect(text).toMatch(/tenantry: no start\n$/);
  });

  it("is wrong use when the configuration is wrong, one line a setting", () => {
    const error = new ConfigurationError("t.yaml", [
      { setting: "listen.port", message: "must be a port", line: 2 },
      { setting: "", message: "is odd" },
    ]);
    expect(reportFailure(error, quiet)).toEqual({
      exitCode: 2,
      text: "tenantry: t.yaml:2: listen.port: must be a port\nt.yaml: is odd\n",
    });
  });

  it("is left to the parser's own words, and is none when help was asked for", () => {
    expect(reportFailure(new CommanderError(1, "commander.unknownOption", "x"), quiet)).toEqual({
      exitCode: 2,
      text: "",
    });
    expect(reportFailure(new CommanderError(0, "commander.help", "x"), quiet)).toEqual({ exitCode: 0, text: "" });
  });

  it("says of what nobody foresaw how to learn more", () => {
    expect(reportFailure(new RangeError("odd"), quiet).text).toBe(
      "tenantry: unexpected error: odd (run again with --verbose for details)\n",
    );
  });

  it("tells no secret that a library put into its error", () => {
    const error = new Error("connect postgres://app:hunter2@localhost/app", { cause: new Error("password=hunter2") });
    for (const verbose of [false, true]) expect(reportFailure(error, { verbose }).text).not.toContain("hunter2");
  });
});
