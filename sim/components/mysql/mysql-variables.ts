import { realOptions } from '../../options/real.js'

/** System variables of MySQL and MariaDB that people will try, and that are not simulated. */
export const mysqlVariables = realOptions(
  `port socket pid_file user basedir datadir tmpdir bind_address log_error general_log slow_query_log
   slow_query_log_file long_query_time character_set_server collation_server default_storage_engine sql_mode
   log_bin_index relay_log binlog_format expire_logs_days binlog_expire_logs_seconds server_id report_host
   skip_name_resolve lc_messages_dir max_allowed_packet explicit_defaults_for_timestamp performance_schema
   log_slave_updates log_replica_updates gtid_mode enforce_gtid_consistency
   client mysql mysqldump client_server includedir default_authentication_plugin default_time_zone general_log_file
   master_info_repository relay_log_info_repository relay_log_index relay_log_recovery binlog_cache_size
   binlog_checksum binlog_gtid_simple_recovery binlog_row_image max_binlog_size log_bin_trust_function_creators
   log_output log_queries_not_using_indexes log_slow_admin_statements log_throttle_queries_not_using_indexes
   log_warnings min_examined_row_limit character_set_client_handshake skip_character_set_client_handshake
   skip_host_cache skip_external_locking sysdate_is_now lower_case_table_names symbolic_links secure_file_priv
   plugin_load_add open_files_limit thread_cache_size thread_stack max_connect_errors max_prepared_stmt_count event_scheduler
   disconnect_on_expired_password div_precision_increment end_markers_in_json eq_range_index_dive_limit init_connect
   delay_key_write delayed_insert_limit delayed_insert_timeout delayed_queue_size myisam_recover
   myisam_recover_options innodb_adaptive_flushing innodb_adaptive_hash_index innodb_adaptive_max_sleep_delay
   innodb_autoextend_increment innodb_autoinc_lock_mode innodb_buffer_pool_dump_at_shutdown
   innodb_buffer_pool_load_at_startup innodb_checksum_algorithm innodb_concurrency_tickets innodb_data_file_path
   innodb_file_per_table innodb_flush_neighbors innodb_large_prefix innodb_log_buffer_size innodb_log_files_in_group
   innodb_old_blocks_time innodb_open_files innodb_print_all_deadlocks innodb_purge_threads innodb_sort_buffer_size
   innodb_stats_on_metadata innodb_strict_mode innodb_undo_logs innodb_use_native_aio`,
  {
    'key_buffer_size query_cache_size query_cache_type table_open_cache tmp_table_size sort_buffer_size join_buffer_size read_buffer_size read_rnd_buffer_size max_heap_table_size query_cache_limit table_definition_cache innodb_buffer_pool_instances':
      'what reads cost is service: and io:, and what it takes is part of memory:',
    'innodb_flush_method innodb_io_capacity innodb_io_capacity_max innodb_log_file_size innodb_doublewrite':
      'of what the disk takes only io: and the fsync: of commits is simulated',
    innodb_flush_log_at_timeout: 'a log that no commit waits for is flushed every second (the default)',
    connect_timeout: 'who has a connection greets at once',
    innodb_thread_concurrency: 'all connections with a query share the cores',
    transaction_isolation: 'a request is a transaction, and reads wait for nothing',
    'wait_timeout interactive_timeout net_read_timeout net_write_timeout':
      'a connection stays open as long as its caller keeps it',
    'auto_increment_increment auto_increment_offset':
      'one server takes the writes; a cluster in which all do is of kind galera, or group_replication',
    'group_replication transaction_write_set_extraction group_replication_enforce_update_everywhere_checks group_replication_group_name group_replication_group_seeds group_replication_single_primary_mode group_replication_start_on_boot':
      'this server is alone, or has replicas; a member of a group is of kind group_replication',
    'binlog_do_db binlog_ignore_db replicate_do_db replicate_ignore_db': 'every write goes to every replica',
    'slave_parallel_type replica_parallel_type binlog_transaction_dependency_tracking':
      'what is applied side by side is said as in MariaDB (slave_parallel_mode): optimistic, all but writes of one row, comes near to WRITESET, and conservative to COMMIT_ORDER',
    'slave_skip_errors skip_slave_start':
      'a replica never stops at an error, and one that is back connects by itself',
    'max_execution_time max_statement_time': 'statements have no time limit; the caller has read_timeout',
  },
  {
    'slave_parallel_workers replica_parallel_workers': 'slave_parallel_threads',
    replica_net_timeout: 'slave_net_timeout',
    rpl_semi_sync_source_enabled: 'rpl_semi_sync_master_enabled',
    rpl_semi_sync_source_timeout: 'rpl_semi_sync_master_timeout',
    rpl_semi_sync_source_wait_point: 'rpl_semi_sync_master_wait_point',
    'slaves replica slave': 'replicas',
    'read_only super_read_only': 'a server in replicas: of another takes no writes',
    innodb_buffer_pool_size: 'memory: has it; what it does not have in there is io:',
    log_bin: 'a server with replicas writes one',
  },
)
