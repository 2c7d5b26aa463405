import { realOptions } from '../../options/real.js'

/** System variables of MariaDB and parameters of Galera that people will try, and that are not simulated. */
export const galeraVariables = realOptions(
  `port socket pid_file user basedir datadir tmpdir bind_address log_error general_log slow_query_log
   slow_query_log_file long_query_time character_set_server collation_server default_storage_engine sql_mode
   skip_name_resolve max_allowed_packet performance_schema server_id log_bin binlog_format
   innodb_autoinc_lock_mode auto_increment_increment auto_increment_offset wsrep_auto_increment_control
   wsrep_on wsrep_provider wsrep_cluster_name wsrep_node_name wsrep_node_address wsrep_sst_auth
   wsrep_sst_receive_address wsrep_debug wsrep_log_conflicts gmcast_listen_addr gmcast_segment ist_recv_addr
   evs_inactive_timeout evs_inactive_check_period evs_keepalive_period evs_send_window evs_user_send_window`,
  {
    'query_cache_size query_cache_type table_open_cache tmp_table_size sort_buffer_size':
      'what reads cost is service: and io:, and what it takes is part of memory:',
    'innodb_lock_wait_timeout innodb_thread_concurrency transaction_isolation':
      'a write waits for its row (rows:) as long as that takes, and nothing else for anybody',
    'wait_timeout interactive_timeout net_read_timeout net_write_timeout connect_timeout':
      'a connection stays open as long as its caller keeps it',
    'max_execution_time max_statement_time': 'statements have no time limit; the caller has read_timeout',
    wsrep_sync_wait: 'a read sees what is committed at its node (0, the default)',
    'wsrep_sst_method wsrep_sst_donor gcache_size gcache_recover':
      'a node that is back gets what it has missed from the others, however long it was away (IST)',
    'wsrep_max_ws_rows wsrep_max_ws_size wsrep_trx_fragment_size': 'a write set has no size',
    'pc_ignore_quorum pc_ignore_sb wsrep_dirty_reads':
      'a node outside of the primary component answers nothing',
    evs_install_timeout: 'those that are left always agree on a new group',
  },
  {
    'wsrep_cluster_address replicas servers nodes': 'cluster: at one node, with the others',
    wsrep_applier_threads: 'wsrep_slave_threads',
    gcs_fc_master_slave: 'gcs_fc_single_primary',
    'innodb_flush_log_at_trx_commit sync_binlog': 'fsync: 0s where commits do not wait for it',
    innodb_buffer_pool_size: 'memory: has it; what it does not have in there is io:',
    pc_bootstrap: 'bootstrap: after how long somebody does it',
    pc_recovery: 'on, as is the default: all of the last primary component have to be there',
  },
)
