import { realOptions } from '../../options/real.js'

/** Directives of PHP-FPM pools, and of application servers like it, that people will try and that are not simulated. */
export const poolDirectives = realOptions(
  `user group listen_owner listen_group listen_mode listen_allowed_clients access_log slowlog catch_workers_output
   error_log log_level daemonize pid chdir chroot clear_env env security_limit_extensions rlimit_core rlimit_files
   pm_status_path ping_path ping_response php_value php_flag php_admin_value php_admin_flag preload_app loglevel
   request_slowlog_timeout systemd_interval decorate_workers_output include process_dumpable process_control_timeout`,
  {
    'pm_max_requests max_requests': 'workers are not replaced',
    process_max: 'the workers of all pools together have no bound',
    memory_limit: 'no request is ended for its memory; what one takes is memory_per_request:',
    max_execution_time: 'CPU time of a request has no limit; request_terminate_timeout bounds its time',
    'keepalive keep_alive': 'how connections to it are kept is for its callers to say',
  },
  {
    'pm_max_children max_children processes': 'workers',
    'threads thread': 'workers, which is processes times threads',
    pm_start_servers: 'start_servers',
    pm_min_spare_servers: 'min_spare_servers',
    pm_max_spare_servers: 'max_spare_servers',
    pm_process_idle_timeout: 'process_idle_timeout',
    listen_backlog: 'backlog',
    request_timeout: 'request_terminate_timeout',
    harakiri: 'timeout',
    'upstream servers db': 'database',
    'persistent pconnect attr_persistent': 'connection: persistent',
    sticky:
      'all that a request asks which writes is asked at the primary; of its visitor’s next ones: database_selector: { delay: 2s }',
    master_ttl: 'database_selector: { delay: 2s }',
    'pool_size max_overflow maximum_pool_size': 'pool: { size: 10 }',
    'cpu time': 'service',
  },
)
