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
    {
      Work_Mem: "0.5 MB",
      statement_timeout: "1.5h",
      max_stack_depth: "2MB",
      random_page_cost: "1.1",
      geqo_threshold: "0x10",
    },
    {
      synchronous_commit: "true",
      log_min_messages: "debug",
      default_transaction_isolation: "Read Committed",
      jit: "of",
    },
    { timezone: "Europe/Berlin", sort_mem: "8MB", log_rotation_age: "0" },
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
    ["wal_level", "archive", "minimal, replica, logical"],
    ["wal_log_hints", "maybe", "boolean"],
    ["shared_buffers", "lots", "a number, with a unit or in 8kB"],
    ["shared_buffers", "8kB", "outside the valid range"],
    ["max_wal_size", "1G", 'the unit "G"; the units are B, kB, MB, GB, TB'],
    ["work_mem", "1kB", "outside the valid range, 64 to 2147483647 kB"],
    ["work_mem", "1min", 'the unit "min"'],
    ["max_connections", "0", "outside the valid range"],
    ["max_connections", "10MB", "takes no unit"],
    ["max_connections", "many", "must be a number"],
    ["random_page_cost", "-1", "outside the valid range"],
    ["default_transaction_isolation", "none", "must be one of serializable, repeatable read"],
    ["synchronous_commit", "sometimes", "must be one of"],
    ["server_version", "17", "can't be changed"],
    ["wal_segment_size", "1MB", "can't be changed"],
    ["no_such_thing", "1", "has no such parameter"],
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
