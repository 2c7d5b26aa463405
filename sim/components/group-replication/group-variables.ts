import { realOptions } from '../../options/real.js'

/** System variables of MySQL and of its plugin group_replication that people will try, and that are not simulated. */
export const groupVariables = realOptions(
  `port socket pid_file user basedir datadir tmpdir bind_address log_error general_log slow_query_log
   slow_query_log_file long_query_time character_set_server collation_server default_storage_engine sql_mode
   skip_name_resolve max_allowed_packet performance_schema server_id log_bin binlog_format binlog_checksum
   log_replica_updates log_slave_updates gtid_mode enforce_gtid_consistency report_host report_port
   auto_increment_increment auto_increment_offset transaction_write_set_extraction disabled_storage_engines
   plugin_load_add group_replication_group_name group_replication_local_address group_replication_start_on_boot
   group_replication_ip_allowlist group_replication_ssl_mode group_replication_recovery_use_ssl
   group_replication_recovery_get_public_key group_replication_communication_stack group_replication_view_change_uuid
   group_replication_enforce_update_everywhere_checks group_replication_auto_increment_increment
   group_replication_compression_threshold group_replication_communication_max_message_size
   group_replication_gtid_assignment_block_size group_replication_poll_spin_loops group_replication_components_stop_timeout`,
  {
    'innodb_buffer_pool_size table_open_cache tmp_table_size sort_buffer_size':
      'memory has no limit; what reads cost is service: and io:',
    'innodb_lock_wait_timeout innodb_thread_concurrency transaction_isolation':
      'a write waits for its row (rows:) as long as that takes, and nothing else for anybody',
    'innodb_flush_log_at_trx_commit sync_binlog':
      'a commit has an fsync of each log (1 and 1, the defaults); without fsync: it takes no time',
    'wait_timeout interactive_timeout net_read_timeout net_write_timeout connect_timeout':
      'a connection stays open as long as its caller keeps it',
    max_execution_time: 'statements have no time limit; the caller has read_timeout',
    'replica_preserve_commit_order slave_preserve_commit_order': 'appliers commit in order (ON, the default)',
    group_replication_exit_state_action:
      'who was expelled, or left, answers reads and no writes (READ_ONLY, the default)',
    group_replication_paxos_single_leader:
      'a write waits for the nearest members that make a majority, whoever leads',
    'group_replication_message_cache_size group_replication_clone_threshold group_replication_recovery_retry_count group_replication_recovery_reconnect_interval group_replication_recovery_complete_at':
      'a member that is back gets what it has missed, however much that is, and is online when it has applied it',
    group_replication_flow_control_certifier_threshold:
      'certification takes no time, so nothing waits for it',
    'group_replication_flow_control_period group_replication_flow_control_hold_percent group_replication_flow_control_release_percent group_replication_flow_control_min_quota group_replication_flow_control_min_recovery_quota group_replication_flow_control_max_quota group_replication_flow_control_member_quota_percent':
      'the quota has its defaults: each second nine tenths of what the slowest member applies',
    group_replication_transaction_size_limit: 'a write has no size',
  },
  {
    'group_replication_group_seeds replicas servers group cluster':
      'members: at one of them, with the others',
    'group_replication_force_members group_replication_bootstrap_group':
      'force_members: after how long somebody does it',
    'replica_parallel_type slave_parallel_workers slave_parallel_threads': 'replica_parallel_workers',
    'read_only super_read_only': 'a member that is no primary takes no writes',
  },
)
