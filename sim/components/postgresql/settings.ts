import { realOptions } from '../../options/real.js'

/** Settings of postgresql.conf that people will try, and that are not simulated. */
export const settings = realOptions(
  `listen_addresses port unix_socket_directories data_directory hba_file ident_file external_pid_file cluster_name
   log_destination logging_collector log_directory log_filename log_min_duration_statement log_line_prefix
   log_checkpoints log_connections log_disconnections log_lock_waits log_timezone timezone datestyle lc_messages
   lc_monetary lc_numeric lc_time default_text_search_config dynamic_shared_memory_type shared_preload_libraries
   wal_level max_wal_senders max_replication_slots wal_keep_size wal_log_hints primary_slot_name hot_standby
   archive_mode archive_command restore_command recovery_target_timeline application_name ssl_cert_file ssl_key_file
   password_encryption track_activities track_counts stats_temp_directory`,
  {
    'shared_buffers effective_cache_size work_mem maintenance_work_mem temp_buffers huge_pages':
      'memory has no limit; what reads cost is service: and io:',
    'checkpoint_timeout checkpoint_completion_target max_wal_size min_wal_size wal_buffers full_page_writes wal_compression bgwriter_delay effective_io_concurrency random_page_cost':
      'of what the disk takes only io: and the fsync: of commits is simulated',
    'autovacuum autovacuum_max_workers autovacuum_naptime vacuum_cost_delay':
      'nothing is vacuumed; what that takes of the disk and the CPU can be a fault (kind: slow)',
    'commit_delay commit_siblings': 'who commits waits for nobody to join it (0, the default)',
    'max_standby_streaming_delay max_standby_archive_delay hot_standby_feedback':
      'queries at a standby are in the way of no replay',
    recovery_min_apply_delay: 'a standby replays at once (0, the default)',
    'statement_timeout idle_in_transaction_session_timeout idle_session_timeout':
      'statements have no time limit; the caller has read_timeout',
    'lock_timeout deadlock_timeout max_locks_per_transaction default_transaction_isolation':
      'a statement is a transaction, and waits for no other',
    wal_sender_timeout: 'a commit waits for a standby however long it is silent',
    'max_worker_processes max_parallel_workers max_parallel_workers_per_gather jit':
      'a query uses one core at a time',
    reserved_connections: 'not in PostgreSQL 15',
  },
  {
    'standbys standby replica slaves': 'replicas: at the primary',
    'primary_conninfo hot_standby_of primary': 'replicas: at the primary',
    ssl: 'tls: on',
    'ttl loop_wait patroni':
      'promotion: { mode: automatic, detect: uniform(20s, 30s) }, as by ttl 30 and loop_wait 10',
  },
)
