import { realOptions } from '../../options/real.js'

/** Directives of Apache httpd that people will try, and that are not simulated. */
export const apacheDirectives = realOptions(
  `server_root server_name server_admin server_tokens server_signature server_alias document_root directory_index
   error_log custom_log log_format log_level pid_file user group listen load_module include include_optional
   add_handler set_handler add_type types_config options allow_override require hostname_lookups etag file_etag
   server_limit thread_limit enable_sendfile enable_mmap`,
  {
    'max_connections_per_child max_requests_per_child': 'workers are not replaced',
    max_keep_alive_requests: 'visitors say how many requests a connection carries (requests_per_connection:)',
    'max_spare_threads min_spare_threads': 'with mpm: event all processes are there from the start',
    timeout: 'who asks has patience (timeout:), and a slow visitor is waited for',
    request_read_timeout: 'visitors who send nothing are not simulated',
    'ssl_engine ssl_certificate_file ssl_protocol':
      'TLS ends at a component of kind haproxy or nginx before it',
    balancer_member: 'it passes on to one server: a component of kind nginx or haproxy to several',
    'rewrite_rule redirect location files_match alias':
      'requests are told apart by their class, not by their path',
    'deflate add_output_filter_by_type':
      'sizes: says how large answers are, packed; packing is part of service:',
  },
  {
    'max_clients workers': 'max_request_workers',
    backlog: 'listen_backlog',
    'keepalive keepalive_timeout': 'keep_alive and keep_alive_timeout',
    'proxy_pass proxy_pass_match': 'upstream: PHP-FPM, with mpm: event',
    'servers db': 'database',
    'persistent pconnect': 'connection: persistent',
    'cpu time': 'service',
  },
)
