import { realOptions } from '../../options/real.js'

/** Directives of redis.conf that people will try and that are not simulated. */
export const redisDirectives = realOptions(
  `port bind protected_mode unixsocket unixsocketperm daemonize supervised pidfile loglevel logfile syslog_enabled
   databases always_show_logo set_proc_title proc_title_template dbfilename dir rdbcompression rdbchecksum
   rdb_del_sync_files requirepass masteruser masterauth user aclfile rename_command appendfilename appenddirname
   lua_time_limit busy_reply_threshold slowlog_log_slower_than slowlog_max_len latency_monitor_threshold
   notify_keyspace_events jemalloc_bg_thread ignore_warnings enable_debug_command enable_module_command
   tcp_keepalive crash_log_enabled crash_memcheck_enabled include loadmodule`,
  {
    timeout: 'idle clients are not closed (the default, 0)',
    'io_threads io_threads_do_reads': 'one thread does all (the default, 1)',
    'lazyfree_lazy_eviction lazyfree_lazy_expire lazyfree_lazy_server_del lazyfree_lazy_user_del lazyfree_lazy_user_flush':
      'nothing takes time to be freed',
    'auto_aof_rewrite_percentage auto_aof_rewrite_min_size no_appendfsync_on_rewrite aof_use_rdb_preamble aof_rewrite_incremental_fsync rdb_save_incremental_fsync':
      'the append-only file is not rewritten',
    'aof_load_truncated aof_timestamp_enabled': 'files are never damaged',
    'repl_backlog_size repl_backlog_ttl': 'a replica that was away gets what it missed, however much',
    'repl_diskless_sync repl_diskless_sync_delay repl_diskless_load repl_diskless_sync_period repl_diskless_sync_max_replicas':
      'a copy of all begins after 5 s, and goes without a file (the defaults)',
    'repl_timeout repl_ping_replica_period repl_disable_tcp_nodelay':
      'a replica connects again as soon as it can',
    'replica_serve_stale_data replica_read_only': 'a replica answers reads alone (the default)',
    'replica_priority slave_priority': 'the replica that has most is promoted',
    stop_writes_on_bgsave_error: 'a save never fails',
    'lfu_log_factor lfu_decay_time': 'policies of lfu are not simulated',
    'active_expire_effort hz dynamic_hz': 'what has expired is gone at once',
    'activedefrag maxmemory_clients': 'objects are of one size, and nothing else takes memory',
    'cluster_enabled cluster_config_file cluster_node_timeout cluster_replica_validity_factor cluster_migration_barrier cluster_require_full_coverage':
      'Redis Cluster is not simulated',
    'tls_port tls_cert_file tls_key_file tls_ca_cert_file tls_auth_clients tls_replication tls_cluster':
      'its connections are in clear',
  },
  {
    maxmemory: 'size: how many objects there is room for, and used_memory: how much that is',
    hit_ratio: 'kind: cache has it; here it follows from keys, size and ttl',
    origin:
      'nothing stands behind it: an app with cache: redis asks it first, and its database on a miss; kind: cache has an origin',
    'threads coalesce': 'kind: cache has it; Redis has one command thread',
    backlog: 'tcp_backlog',
    'replicaof slaveof': 'replicas: at the primary',
    'min_slaves_to_write min_replicas': 'min_replicas_to_write',
    min_slaves_max_lag: 'min_replicas_max_lag',
    'max_connections connections': 'maxclients',
    policy: 'maxmemory_policy',
  },
)

/** The same of sentinel.conf. */
export const sentinelDirectives = realOptions(
  `port bind daemonize pidfile logfile loglevel dir acllog_max_len auth_pass auth_user notification_script
   deny_scripts_reconfig resolve_hostnames announce_hostnames announce_ip announce_port protected_mode`,
  {
    parallel_syncs: 'replicas copy a new primary at a time, as many as there are',
    client_reconfig_script: 'clients ask the sentinels',
    master_reboot_down_after_period: 'one that is loading its data is not down',
  },
  {
    down_after: 'down_after_milliseconds',
    'master primary servers': 'monitor: the primary',
    sentinels: 'each is a component; they find one another by what they monitor',
  },
)
