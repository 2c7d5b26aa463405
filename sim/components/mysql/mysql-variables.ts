import { realOptions } from '../../options/real.js'

/** System variables of MySQL and MariaDB that people will try, and that are not simulated. */
export const mysqlVariables = realOptions(
  `port socket pid_file user basedir datadir tmpdir bind_address log_error general_log slow_query_log
   slow_query_log_file long_query_time character_set_server collation_server default_storage_engine sql_mode
   log_bin_index relay_log binlog_format expire_logs_days binlog_expire_logs_seconds server_id report_host
   skip_name_resolve lc_messages_dir max_allowed_packet explicit_defaults_for_timestamp performance_schema
   read_only super_read_only log_slave_updates log_replica_updates gtid_mode enforce_gtid_consistency`,
  {
    'innodb_buffer_pool_size key_buffer_size query_cache_size query_cache_type table_open_cache tmp_table_size sort_buffer_size join_buffer_size innodb_buffer_pool_instances':
      'memory has no limit; what reads cost is service: and io:',
    'innodb_flush_log_at_trx_commit sync_binlog innodb_flush_method innodb_io_capacity innodb_log_file_size':
      'what a commit costs on the disk is io:, and a crash of the process loses no write that was answered',
    'innodb_lock_wait_timeout innodb_thread_concurrency transaction_isolation':
      'requests do not wait for rows that others hold',
    'wait_timeout interactive_timeout net_read_timeout net_write_timeout connect_timeout thread_cache_size':
      'each request has a connection of its own, and none is idle',
    'max_execution_time max_statement_time': 'statements have no time limit; the caller has read_timeout',
  },
  {
    'slave_parallel_workers replica_parallel_workers': 'slave_parallel_threads',
    replica_net_timeout: 'slave_net_timeout',
    rpl_semi_sync_source_enabled: 'rpl_semi_sync_master_enabled',
    rpl_semi_sync_source_timeout: 'rpl_semi_sync_master_timeout',
    'slaves replica slave': 'replicas',
    log_bin: 'a server with replicas writes one',
  },
)
