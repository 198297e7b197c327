import { describe, expect, it } from "vitest";
import { DEFAULT_PARAMETERS } from "./fixed-parameters.js";
import { preloadLibraries } from "./preload-libraries.js";
import { validateParameters } from "./validate-parameters.js";

const GIGABYTE = 2n ** 30n;

function refusals(parameters: Readonly<Record<string, string>>, storageBytes: bigint | undefined = 10n * GIGABYTE) {
  return validateParameters({ parameters }, storageBytes).map(({ field, message }) => `${field}: ${message}`);
}

describe("postgresql.parameters", () => {
  it.each([
    DEFAULT_PARAMETERS,
    { work_mem: "64MB", "pg_stat_statements.track": "all", "my_app.tenant": "a" },
    { wal_level: "minimal", max_wal_senders: "0" },
    { min_wal_size: "100", max_wal_size: "2GB", shared_buffers: "16384" },
    { logging_collector: "on", log_directory: "/controller/log", archive_mode: "on", shared_preload_libraries: "" },
  ])("takes %j", (parameters) => {
    expect(refusals(parameters)).toEqual([]);
  });

  it.each([
    ["ssl", "off"],
    ["SSL", "off"],
    ["listen_addresses", "*"],
    ["port", "1"],
    ["unix_socket_directories", "/tmp"],
    ["recovery_target_time", "now"],
    ["archive_command", "rm -rf /"],
    ["shared_preload_libraries", "evil"],
    ["ssl_passphrase_command", "sh"],
    ["log_directory", "/etc"],
    ["ssl_crl_dir", "/etc"],
  ])("keeps %s to the operator", (name, value) => {
    expect(refusals({ [name]: value })).toEqual([
      `spec.postgresql.parameters.${name}: Invalid value: ${JSON.stringify(value)}: Can't set fixed configuration parameter`,
    ]);
  });

  it.each([
    ["a-b", "1", "is not a valid parameter name"],
    ["a.b.c", "1", "is not a valid parameter name"],
    ["work_mem", "1MB'\nssl = off", "control characters"],
    ["ssl_min_protocol_version", "TLSv1.2", "TLSv1.3 only"],
    ["ssl_max_protocol_version", "TLSv1.2", "TLSv1.3 only"],
    ["wal_level", "archive", "minimal, replica or logical"],
    ["wal_log_hints", "maybe", "boolean"],
    ["shared_buffers", "lots", "a size"],
    ["max_wal_size", "1G", "a size"],
    ["max_wal_size", "10GB", "smaller than the volume"],
    ["min_wal_size", "2GB", "smaller than max_wal_size"],
    ["pgaudit.log", "all", "needs the library pgaudit"],
  ])("refuses %s = %j", (name, value, why) => {
    const found = refusals({ [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(why);
  });

  it("asks for no WAL senders when wal_level is minimal", () => {
    expect(refusals({ wal_level: "minimal" })).toEqual([expect.stringContaining("max_wal_senders")]);
  });
});

describe("shared_preload_libraries", () => {
  it("takes what comes with PostgreSQL, and names the entry that does not", () => {
    const causes = validateParameters({ shared_preload_libraries: ["pg_stat_statements", "timescaledb"] }, undefined);
    expect(causes.map(({ field }) => field)).toEqual(["spec.postgresql.shared_preload_libraries[1]"]);
  });

  it("adds the library of a setting that needs it, once", () => {
    expect(
      preloadLibraries({ "pg_stat_statements.max": "1", "auto_explain.log_analyze": "on" }, ["auto_explain"]),
    ).toEqual(["auto_explain", "pg_stat_statements"]);
  });
});
