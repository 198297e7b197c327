// Source: cloudnative-pg v1.30.0 pkg/postgres/configuration.go, FixedConfigurationParameters and CnpgConfigurationSettings.

const FIXED = new Set(
  `allow_system_table_mods archive_cleanup_command archive_command archive_mode bonjour bonjour_name cluster_name config_file
  data_directory data_sync_retry event_source external_pid_file hba_file hot_standby ident_file jit_provider listen_addresses
  log_destination log_directory log_file_mode log_filename log_rotation_age log_rotation_size log_truncate_on_rotation
  logging_collector pg_failover_slots.primary_dsn pg_failover_slots.standby_slot_names port primary_conninfo primary_slot_name
  promote_trigger_file recovery_end_command recovery_min_apply_delay restart_after_crash restore_command shared_preload_libraries
  ssl ssl_ca_file ssl_cert_file ssl_crl_file ssl_dh_params_file ssl_ecdh_curve ssl_key_file ssl_prefer_server_ciphers
  stats_temp_directory synchronized_standby_slots synchronous_standby_names syslog_facility syslog_ident syslog_sequence_numbers
  syslog_split_messages temp_tablespaces`.split(/\s+/),
);
const FIXED_PREFIXES = ["recovery_target", "ssl_passphrase_command", "unix_socket_"];
/** Not in the operator's list, but the server here reads it before everything else: another file, another directory. */
const FIXED_HERE = new Set(["ssl_crl_dir", "include", "include_dir", "include_if_exists"]);

/** Whether the operator keeps this parameter to itself. PostgreSQL does not tell upper from lower case in names. */
export function isFixedParameter(name: string): boolean {
  const lower = name.toLowerCase();
  return FIXED.has(lower) || FIXED_HERE.has(lower) || FIXED_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

/** What the real operator writes into fixed parameters of the stored spec: taken when a spec is copied from there, without effect here. */
const OPERATORS_OWN: Readonly<Record<string, string>> = {
  archive_mode: "on",
  log_destination: "csvlog",
  log_directory: "/controller/log",
  log_filename: "postgres",
  log_rotation_age: "0",
  log_rotation_size: "0",
  log_truncate_on_rotation: "false",
  logging_collector: "on",
  shared_preload_libraries: "",
  ssl: "on",
};

export function isOperatorsOwnValue(name: string, value: string): boolean {
  return Object.hasOwn(OPERATORS_OWN, name) && OPERATORS_OWN[name] === value;
}

/** Written into the stored spec where absent. */
export const DEFAULT_PARAMETERS: Readonly<Record<string, string>> = {
  archive_timeout: "5min",
  dynamic_shared_memory_type: "posix",
  full_page_writes: "on",
  max_parallel_workers: "32",
  max_replication_slots: "32",
  max_worker_processes: "32",
  shared_memory_type: "mmap",
  ssl_max_protocol_version: "TLSv1.3",
  ssl_min_protocol_version: "TLSv1.3",
  wal_keep_size: "512MB",
  wal_level: "logical",
  wal_log_hints: "on",
  wal_receiver_timeout: "5s",
  wal_sender_timeout: "5s",
};
