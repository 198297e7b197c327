import { join } from "node:path";
import { invalidArgument } from "@tenantry/sdk";
import type { DesiredServer } from "../runtime.js";
import type { Instance } from "./instance.js";
import type { RuntimeUser } from "./runtime-user.js";

/** The files that a server reads, as they should be. */
export interface Configuration {
  readonly settings: string;
  readonly hba: string;
  readonly ident: string;
  /** Certificate chain and key in one file, so that a crash cannot leave one of the old pair beside one of the new. */
  readonly certificate: string;
  readonly clientCa: string;
}

export interface ConfigurationPaths {
  readonly settings: string;
  readonly hba: string;
  readonly ident: string;
  readonly certificate: string;
  readonly clientCa: string;
}

export const LOOPBACK = "127.0.0.1";
export const SUPERUSER = "postgres";
const ADMINISTRATION_MAP = "tenantry";

/** Source: CloudNativePG's check of parameter names; it also keeps directives and line ends out of the file. */
const SETTING_NAME = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/;
/** guc-file.l reads these as directives wherever a name may stand, hba.c at the start of a line. */
const DIRECTIVES = new Set(["include", "include_if_exists", "include_dir"]);

/** Chosen at each start, or not wanted at all. */
const ON_COMMAND_LINE = ["port", "data_directory", "config_file", "external_pid_file"] as const;

/**
 * Small when idle (an instance of these settings costs about a quarter of the default's memory, 20 side by side) and what initdb would
 * have written. The caller's parameters win over them.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  shared_buffers: "16MB",
  io_method: "sync",
  max_logical_replication_workers: "0",
  max_parallel_workers: "0",
  max_parallel_workers_per_gather: "0",
  dynamic_shared_memory_type: "posix",
  huge_pages: "off",
  min_wal_size: "5MB",
  ssl_min_protocol_version: "TLSv1.3",
  ssl_max_protocol_version: "TLSv1.3",
  datestyle: "iso, mdy",
  timezone: "Etc/UTC",
  log_timezone: "Etc/UTC",
  log_line_prefix: "%m [%p] %q%u@%d ",
  lc_messages: "C",
  lc_monetary: "C",
  lc_numeric: "C",
  lc_time: "C",
  default_text_search_config: "pg_catalog.english",
};

export function configurationPaths(instance: Instance): ConfigurationPaths {
  const at = (name: string): string => join(instance.configuration, name);
  return {
    settings: at("postgresql.conf"),
    hba: at("pg_hba.conf"),
    ident: at("pg_ident.conf"),
    certificate: at("server.pem"),
    clientCa: at("client-ca.pem"),
  };
}

/**
 * The files for `desired`. What protects the server is not for the caller to set: TLS on, loopback only, SCRAM, no ALTER SYSTEM.
 * @throws TenantryError `invalid_argument` naming the parameter or line that cannot be written.
 */
export function renderConfiguration(
  instance: Instance,
  sockets: string,
  desired: DesiredServer,
  user: RuntimeUser,
  administrator: string,
): Configuration {
  const paths = configurationPaths(instance);
  const settings = new Map(Object.entries(DEFAULTS));
  for (const [name, value] of Object.entries(desired.parameters)) {
    requireWritable(name, value);
    settings.set(name.toLowerCase(), value);
  }
  const own: Readonly<Record<string, string>> = {
    hba_file: paths.hba,
    ident_file: paths.ident,
    listen_addresses: LOOPBACK,
    unix_socket_directories: sockets,
    unix_socket_permissions: "0700",
    unix_socket_group: "",
    ssl: "on",
    ssl_cert_file: paths.certificate,
    ssl_key_file: paths.certificate,
    ssl_ca_file: desired.tls.clientCa === "" ? "" : paths.clientCa,
    ssl_crl_file: "",
    ssl_crl_dir: "",
    ssl_passphrase_command: "",
    password_encryption: "scram-sha-256",
    allow_alter_system: "off",
    logging_collector: "off",
    log_destination: "stderr",
  };
  for (const [name, value] of Object.entries(own)) settings.set(name, value);
  for (const name of ON_COMMAND_LINE) settings.delete(name);

  const lines = [...settings].map(([name, value]) => `${name} = ${quoteSetting(value)}`);
  const administrators = new Set([administrator, user.name]);
  return {
    settings: `# Written by Tenantry: what is changed here is lost.\n${lines.join("\n")}\n`,
    hba: [
      `local all ${SUPERUSER} peer map=${ADMINISTRATION_MAP}`,
      "local all all reject",
      ...desired.hba.map(requireHbaLine),
      "",
    ].join("\n"),
    ident: [...administrators].map((name) => `${ADMINISTRATION_MAP} "${name}" ${SUPERUSER}\n`).join(""),
    certificate: `${desired.tls.certificate.trim()}\n${desired.tls.key.trim()}\n`,
    clientCa: `${desired.tls.clientCa.trim()}\n`,
  };
}

/** Lines before the caller's first in `pg_hba.conf`. */
export const HBA_LINES_BEFORE = 2;

/** As guc-file.l reads a quoted string: quotes doubled, backslash escapes, one line. */
export function quoteSetting(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}'`;
}

function requireWritable(name: string, value: string): void {
  const field = `postgresql.parameters.${name}`;
  if (!SETTING_NAME.test(name)) throw invalidArgument(field, "is not the name of a PostgreSQL setting");
  if (DIRECTIVES.has(name.toLowerCase())) throw invalidArgument(field, "is a directive, not a setting");
  if (value.includes("\0")) throw invalidArgument(field, "holds a NUL character");
}

function requireHbaLine(line: string, index: number): string {
  const field = `postgresql.pg_hba[${index}]`;
  if (/[\n\r\0]/.test(line)) throw invalidArgument(field, "must be one line");
  const [first = ""] = line.trim().split(/\s+/);
  if (DIRECTIVES.has(first.replaceAll('"', ""))) throw invalidArgument(field, "must not include other files");
  if (line.endsWith("\\")) throw invalidArgument(field, "must not continue on a next line");
  return line;
}
