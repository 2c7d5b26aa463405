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
    'max_connections connections': 'maxclients',
    policy: 'maxmemory_policy',
  },
)
