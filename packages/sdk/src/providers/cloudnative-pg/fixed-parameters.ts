/**
 * Settings that the operator keeps for itself.
 * Source: cloudnative-pg v1.30 pkg/postgres/configuration.go, FixedConfigurationParameters.
 */
const FIXED_PARAMETERS: ReadonlySet<string> = new Set(
  `allow_system_table_mods archive_cleanup_command archive_command archive_mode bonjour bonjour_name cluster_name config_file
  data_directory data_sync_retry event_source external_pid_file hba_file hot_standby ident_file jit_provider listen_addresses
  log_destination log_directory log_file_mode log_filename log_rotation_age log_rotation_size log_truncate_on_rotation
  logging_collector pg_failover_slots.primary_dsn pg_failover_slots.standby_slot_names port primary_conninfo primary_slot_name
  promote_trigger_file recovery_end_command recovery_min_apply_delay restart_after_crash restore_command shared_preload_libraries
  ssl ssl_ca_file ssl_cert_file ssl_crl_file ssl_dh_params_file ssl_ecdh_curve ssl_key_file ssl_prefer_server_ciphers
  stats_temp_directory synchronized_standby_slots synchronous_standby_names syslog_facility syslog_ident syslog_sequence_numbers
  syslog_split_messages temp_tablespaces`.split(/\s+/),
);

const FIXED_PREFIXES = ["recovery_target", "ssl_passphrase_command", "unix_socket_"] as const;

/** Whether the operator's webhook would refuse `parameter`. PostgreSQL's names ignore case. */
export function isFixedParameter(parameter: string): boolean {
  const name = parameter.toLowerCase();
  return FIXED_PARAMETERS.has(name) || FIXED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
