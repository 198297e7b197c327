// Source: PostgreSQL 18.4, pg_settings of the build that the plane runs. A test compares this with a running server.

/** `name:min:max[:unit]`; a bare number counts in the unit. */
const INTEGERS = `
  archive_timeout:0:1073741823:s authentication_timeout:1:600:s autovacuum_analyze_threshold:0:2147483647
  autovacuum_freeze_max_age:100000:2000000000 autovacuum_max_workers:1:262143
  autovacuum_multixact_freeze_max_age:10000:2000000000 autovacuum_naptime:1:2147483:s
  autovacuum_vacuum_cost_limit:-1:10000 autovacuum_vacuum_insert_threshold:-1:2147483647
  autovacuum_vacuum_max_threshold:-1:2147483647 autovacuum_vacuum_threshold:0:2147483647
  autovacuum_work_mem:-1:2147483647:kB autovacuum_worker_slots:1:262143 backend_flush_after:0:256:8kB
  bgwriter_delay:10:10000:ms bgwriter_flush_after:0:256:8kB bgwriter_lru_maxpages:0:1073741823
  checkpoint_flush_after:0:256:8kB checkpoint_timeout:30:86400:s checkpoint_warning:0:2147483647:s
  client_connection_check_interval:0:2147483647:ms commit_delay:0:100000 commit_siblings:0:1000
  commit_timestamp_buffers:0:131072:8kB deadlock_timeout:1:2147483647:ms debug_discard_caches:0:0
  default_statistics_target:1:10000 effective_cache_size:1:2147483647:8kB effective_io_concurrency:0:1000
  extra_float_digits:-15:3 from_collapse_limit:1:2147483647 geqo_effort:1:10 geqo_generations:0:2147483647
  geqo_pool_size:0:2147483647 geqo_threshold:2:2147483647 gin_fuzzy_search_limit:0:2147483647
  gin_pending_list_limit:64:2147483647:kB huge_page_size:0:2147483647:kB
  idle_in_transaction_session_timeout:0:2147483647:ms idle_replication_slot_timeout:0:2147483647:s
  idle_session_timeout:0:2147483647:ms io_combine_limit:1:128:8kB io_max_combine_limit:1:128:8kB
  io_max_concurrency:-1:1024 io_workers:1:32 join_collapse_limit:1:2147483647 lock_timeout:0:2147483647:ms
  log_autovacuum_min_duration:-1:2147483647:ms log_file_mode:0:511 log_min_duration_sample:-1:2147483647:ms
  log_min_duration_statement:-1:2147483647:ms log_parameter_max_length:-1:1073741823:B
  log_parameter_max_length_on_error:-1:1073741823:B log_rotation_age:0:35791394:min log_rotation_size:0:2147483647:kB
  log_startup_progress_interval:0:2147483647:ms log_temp_files:-1:2147483647:kB
  logical_decoding_work_mem:64:2147483647:kB maintenance_io_concurrency:0:1000 maintenance_work_mem:64:2147483647:kB
  max_active_replication_origins:0:262143 max_connections:1:262143 max_files_per_process:64:2147483647
  max_locks_per_transaction:10:2147483647 max_logical_replication_workers:0:262143
  max_notify_queue_pages:64:2147483647 max_parallel_apply_workers_per_subscription:0:1024
  max_parallel_maintenance_workers:0:1024 max_parallel_workers:0:1024 max_parallel_workers_per_gather:0:1024
  max_pred_locks_per_page:0:2147483647 max_pred_locks_per_relation:-2147483648:2147483647
  max_pred_locks_per_transaction:10:2147483647 max_prepared_transactions:0:262143 max_replication_slots:0:262143
  max_slot_wal_keep_size:-1:2147483647:MB max_stack_depth:100:2147483647:kB max_standby_archive_delay:-1:2147483647:ms
  max_standby_streaming_delay:-1:2147483647:ms max_sync_workers_per_subscription:0:262143 max_wal_senders:0:262143
  max_wal_size:2:2147483647:MB max_worker_processes:0:262143 min_dynamic_shared_memory:0:2147483647:MB
  min_parallel_index_scan_size:0:715827882:8kB min_parallel_table_scan_size:0:715827882:8kB
  min_wal_size:2:2147483647:MB multixact_member_buffers:16:131072:8kB multixact_offset_buffers:16:131072:8kB
  notify_buffers:16:131072:8kB port:1:65535 post_auth_delay:0:2147:s pre_auth_delay:0:60:s
  recovery_min_apply_delay:0:2147483647:ms reserved_connections:0:262143 scram_iterations:1:2147483647
  serializable_buffers:16:131072:8kB shared_buffers:16:1073741823:8kB statement_timeout:0:2147483647:ms
  subtransaction_buffers:0:131072:8kB superuser_reserved_connections:0:262143 tcp_keepalives_count:0:2147483647
  tcp_keepalives_idle:0:2147483647:s tcp_keepalives_interval:0:2147483647:s tcp_user_timeout:0:2147483647:ms
  temp_buffers:100:1073741823:8kB temp_file_limit:-1:2147483647:kB track_activity_query_size:100:1048576:B
  transaction_buffers:0:131072:8kB transaction_timeout:0:2147483647:ms unix_socket_permissions:0:511
  vacuum_buffer_usage_limit:0:16777216:kB vacuum_cost_limit:1:10000 vacuum_cost_page_dirty:0:10000
  vacuum_cost_page_hit:0:10000 vacuum_cost_page_miss:0:10000 vacuum_failsafe_age:0:2100000000
  vacuum_freeze_min_age:0:1000000000 vacuum_freeze_table_age:0:2000000000 vacuum_multixact_failsafe_age:0:2100000000
  vacuum_multixact_freeze_min_age:0:1000000000 vacuum_multixact_freeze_table_age:0:2000000000
  wal_buffers:-1:262143:8kB wal_decode_buffer_size:65536:1073741823:B wal_keep_size:0:2147483647:MB
  wal_receiver_status_interval:0:2147483:s wal_receiver_timeout:0:2147483647:ms
  wal_retrieve_retry_interval:1:2147483647:ms wal_sender_timeout:0:2147483647:ms wal_skip_threshold:0:2147483647:kB
  wal_summary_keep_time:0:35791394:min wal_writer_delay:1:10000:ms wal_writer_flush_after:0:2147483647:8kB
  work_mem:64:2147483647:kB
`;

const REALS = `
  autovacuum_analyze_scale_factor:0:100 autovacuum_vacuum_cost_delay:-1:100:ms
  autovacuum_vacuum_insert_scale_factor:0:100 autovacuum_vacuum_scale_factor:0:100 bgwriter_lru_multiplier:0:10
  checkpoint_completion_target:0:1 cpu_index_tuple_cost:0:1.79769e+308 cpu_operator_cost:0:1.79769e+308
  cpu_tuple_cost:0:1.79769e+308 cursor_tuple_fraction:0:1 geqo_seed:0:1 geqo_selection_bias:1.5:2
  hash_mem_multiplier:1:1000 jit_above_cost:-1:1.79769e+308 jit_inline_above_cost:-1:1.79769e+308
  jit_optimize_above_cost:-1:1.79769e+308 log_statement_sample_rate:0:1 log_transaction_sample_rate:0:1
  parallel_setup_cost:0:1.79769e+308 parallel_tuple_cost:0:1.79769e+308 random_page_cost:0:1.79769e+308
  recursive_worktable_factor:0.001:1000000 seq_page_cost:0:1.79769e+308 vacuum_cost_delay:0:100:ms
  vacuum_max_eager_freeze_failure_rate:0:1
`;

const BOOLEANS = `
  allow_alter_system allow_in_place_tablespaces allow_system_table_mods array_nulls autovacuum bonjour
  check_function_bodies data_sync_retry debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten
  default_transaction_deferrable default_transaction_read_only enable_async_append enable_bitmapscan
  enable_distinct_reordering enable_gathermerge enable_group_by_reordering enable_hashagg enable_hashjoin
  enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material enable_memoize enable_mergejoin
  enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate
  enable_partitionwise_join enable_presorted_aggregate enable_self_join_elimination enable_seqscan enable_sort
  enable_tidscan escape_string_warning event_triggers exit_on_error fsync full_page_writes geqo gss_accept_delegation
  hot_standby hot_standby_feedback ignore_checksum_failure ignore_invalid_pages ignore_system_indexes jit
  jit_debugging_support jit_dump_bitcode jit_expressions jit_profiling_support jit_tuple_deforming krb_caseins_users
  lo_compat_privileges log_checkpoints log_disconnections log_duration log_executor_stats log_hostname
  log_lock_failures log_lock_waits log_parser_stats log_planner_stats log_recovery_conflict_waits
  log_replication_commands log_statement_stats log_truncate_on_rotation logging_collector md5_password_warnings
  parallel_leader_participation quote_all_identifiers recovery_target_inclusive remove_temp_files_after_crash
  restart_after_crash row_security send_abort_for_crash send_abort_for_kill ssl ssl_passphrase_command_supports_reload
  ssl_prefer_server_ciphers standard_conforming_strings summarize_wal sync_replication_slots synchronize_seqscans
  syslog_sequence_numbers syslog_split_messages trace_connection_negotiation trace_notify trace_sort track_activities
  track_commit_timestamp track_cost_delay_timing track_counts track_io_timing track_wal_io_timing
  transaction_deferrable transaction_read_only transform_null_equals update_process_title vacuum_truncate
  wal_init_zero wal_log_hints wal_receiver_create_temp_slot wal_recycle zero_damaged_pages
`;

/** `name:value,value`, with `~` for a blank. PostgreSQL takes some more words for them, such as `true` where there is `on`. */
const ENUMS = `
  IntervalStyle:postgres,postgres_verbose,sql_standard,iso_8601 archive_mode:always,on,off
  backslash_quote:safe_encoding,on,off bytea_output:escape,hex
  client_min_messages:debug5,debug4,debug3,debug2,debug1,log,notice,warning,error compute_query_id:auto,regress,on,off
  constraint_exclusion:partition,on,off debug_logical_replication_streaming:buffered,immediate
  debug_parallel_query:off,on,regress default_toast_compression:pglz
  default_transaction_isolation:serializable,repeatable~read,read~committed,read~uncommitted
  dynamic_shared_memory_type:posix,sysv,mmap file_copy_method:copy,clone
  file_extend_method:posix_fallocate,write_zeros huge_pages:off,on,try
  icu_validation_level:disabled,debug5,debug4,debug3,debug2,debug1,log,notice,warning,error io_method:sync,worker
  log_error_verbosity:terse,default,verbose
  log_min_error_statement:debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic
  log_min_messages:debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic
  log_statement:none,ddl,mod,all password_encryption:md5,scram-sha-256
  plan_cache_mode:auto,force_generic_plan,force_custom_plan recovery_init_sync_method:fsync,syncfs
  recovery_prefetch:off,on,try recovery_target_action:pause,promote,shutdown
  session_replication_role:origin,replica,local shared_memory_type:sysv,mmap
  ssl_max_protocol_version:,TLSv1,TLSv1.1,TLSv1.2,TLSv1.3 ssl_min_protocol_version:TLSv1,TLSv1.1,TLSv1.2,TLSv1.3
  stats_fetch_consistency:none,cache,snapshot synchronous_commit:local,remote_write,remote_apply,on,off
  syslog_facility:local0,local1,local2,local3,local4,local5,local6,local7 track_functions:none,pl,all
  transaction_isolation:serializable,repeatable~read,read~committed,read~uncommitted wal_compression:pglz,on,off
  wal_level:minimal,replica,logical wal_sync_method:fsync,fdatasync,open_sync,open_datasync xmlbinary:base64,hex
  xmloption:content,document
`;

const STRINGS = `
  DateStyle TimeZone application_name archive_cleanup_command archive_command archive_library backtrace_functions
  bonjour_name client_encoding cluster_name config_file createrole_self_grant data_directory debug_io_direct
  default_table_access_method default_tablespace default_text_search_config dynamic_library_path event_source
  extension_control_path external_pid_file hba_file ident_file jit_provider krb_server_keyfile lc_messages lc_monetary
  lc_numeric lc_time listen_addresses local_preload_libraries log_connections log_destination log_directory
  log_filename log_line_prefix log_timezone oauth_validator_libraries primary_conninfo primary_slot_name
  recovery_end_command recovery_target recovery_target_lsn recovery_target_name recovery_target_time
  recovery_target_timeline recovery_target_xid restore_command restrict_nonsystem_relation_kind search_path
  session_preload_libraries shared_preload_libraries ssl_ca_file ssl_cert_file ssl_ciphers ssl_crl_dir ssl_crl_file
  ssl_dh_params_file ssl_groups ssl_key_file ssl_passphrase_command ssl_tls13_ciphers synchronized_standby_slots
  synchronous_standby_names syslog_ident temp_tablespaces timezone_abbreviations unix_socket_directories
  unix_socket_group wal_consistency_checking
`;

/** Shown, but fixed when the server is built or its data directory made. */
const INTERNAL = `
  block_size data_checksums data_directory_mode debug_assertions huge_pages_status in_hot_standby integer_datetimes
  max_function_args max_identifier_length max_index_keys num_os_semaphores segment_size server_encoding server_version
  server_version_num shared_memory_size shared_memory_size_in_huge_pages ssl_library wal_block_size wal_segment_size
`;

/** Names of before, which PostgreSQL still takes. Source: src/backend/utils/misc/guc.c, map_old_guc_names. */
const OLD_NAMES = "sort_mem vacuum_mem";

export type Setting =
  | { readonly type: "integer" | "real"; readonly min: number; readonly max: number; readonly unit: string | undefined }
  | { readonly type: "enum"; readonly values: readonly string[] }
  | { readonly type: "boolean" | "string" | "internal" };

/** Every setting of the server by its name, lower case. Those of extensions have a dot and are not in here. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ...entries(INTEGERS, (rest) => ({ type: "integer", ...toRange(rest) })),
  ...entries(REALS, (rest) => ({ type: "real", ...toRange(rest) })),
  ...entries(ENUMS, ([values = ""]) => ({ type: "enum", values: values.replaceAll("~", " ").split(",") })),
  ...entries(BOOLEANS, () => ({ type: "boolean" })),
  ...entries(`${STRINGS} ${OLD_NAMES}`, () => ({ type: "string" })),
  ...entries(INTERNAL, () => ({ type: "internal" })),
]);

function entries(
  text: string,
  toSetting: (rest: readonly string[]) => Setting,
): readonly (readonly [string, Setting])[] {
  return text
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [name = "", ...rest] = entry.split(":");
      return [name.toLowerCase(), toSetting(rest)] as const;
    });
}

function toRange([min, max, unit]: readonly string[]) {
  return { min: Number(min), max: Number(max), unit };
}
