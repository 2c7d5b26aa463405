import { realOptions } from '../../options/real.js'

/** Directives of Nginx that people will try, and that are not simulated. */
export const nginxDirectives = realOptions(
  `access_log error_log log_format log_not_found pid user daemon default_type types charset server_tokens server_name
   server_names_hash_bucket_size types_hash_max_size types_hash_bucket_size sendfile tcp_nopush tcp_nodelay multi_accept
   accept_mutex use worker_rlimit_nofile worker_cpu_affinity worker_priority timer_resolution add_header expires etag
   proxy_set_header proxy_hide_header proxy_pass_header proxy_redirect proxy_buffers
   proxy_buffer_size proxy_busy_buffers_size proxy_cookie_domain proxy_cookie_path fastcgi_param fastcgi_buffers
   fastcgi_buffer_size fastcgi_busy_buffers_size fastcgi_temp_file_write_size fastcgi_split_path_info
   fastcgi_hide_header set map real_ip_header set_real_ip_from open_file_cache gzip_vary gzip_disable
   gzip_proxied gzip_http_version gzip_buffers root index include events autoindex
   limit_req_log_level limit_conn_log_level break real_ip_recursive stub_status fastcgi_index
   fastcgi_max_temp_file_size proxy_max_temp_file_size fastcgi_socket_keepalive proxy_socket_keepalive
   proxy_pass_request_headers client_body_buffer_size client_body_temp_path reset_timedout_connection
   ssl_prefer_server_ciphers ssl_dhparam ssl_trusted_certificate
   ssl_stapling_verify listen_default listen_default_server listen_deferred
   listen_ipv6only`,
  {
    keepalive_time: 'a connection is closed when it is idle (http: { keepalive_timeout: 75s })',
    'client_header_timeout send_timeout proxy_send_timeout fastcgi_send_timeout lingering_close':
      'slow visitors and slow servers are waited for',
    ssl_stapling: 'a handshake costs what its certificate and version cost (tls:)',
    'limit_rate limit_rate_after': 'an answer goes as fast as the lines on its way',
    'limit_req_dry_run limit_conn_dry_run': 'leave the limit out, and everybody passes',
    auth_basic: 'requests are told apart by their class (location:), not by who asks',
    'proxy_ssl proxy_ssl_server_name proxy_ssl_verify':
      'nginx speaks to its servers in clear; a haproxy with ssl: on does not',
    'reuseport listen_reuseport': 'any worker accepts a connection, whichever is free',
    slow_start: 'a server that comes back gets its whole share at once',
  },
  {
    'proxy_pass fastcgi_pass uwsgi_pass server servers':
      'upstream: [app-1, { name: app-2, weight: 2 }], and location: { CLASS: proxy_pass NAME } for upstreams: beside it',
    'fastcgi_connect_timeout uwsgi_connect_timeout': 'proxy_connect_timeout',
    'fastcgi_read_timeout uwsgi_read_timeout': 'proxy_read_timeout',
    'ssl listen_ssl ssl_certificate ssl_certificate_key ssl_protocols ssl_session_cache ssl_session_tickets ssl_session_timeout':
      'tls: { certificate: rsa2048, version: 1.3, resumption: 50% }',
    fastcgi_keep_conn: 'keepalive',
    fastcgi_intercept_errors: 'proxy_intercept_errors',
    fastcgi_buffering: 'proxy_buffering',
    fastcgi_request_buffering: 'proxy_request_buffering',
    fastcgi_next_upstream: 'proxy_next_upstream',
    'least_conn ip_hash random': 'balance: least_conn, ip_hash, random two least_conn, ...',
    hash: 'balance: hash $remote_addr consistent, hash $request_uri: other keys are not known here',
    limit_req_zone: 'limit_req: { key: $binary_remote_addr, rate: 10/s }',
    limit_conn_zone: 'limit_conn: { $binary_remote_addr: 10, $server_name: 1000 }',
    listen_backlog: 'backlog',
    resolve: 'resolver: { valid: 30s }, as where proxy_pass has a variable',
    keepalive_disable: 'requests_per_connection: 1 of users who come with such a browser',
    listen: 'one nginx is one server: to: in users leads to it',
    stream: 'a component of kind nginx_stream, with upstream: and proxy_timeout: of its own',
    'http2 listen_http2': 'who comes by HTTP/2 is for visitors to say (page: { http: 2 } in users:)',
    'proxy_cache proxy_cache_path proxy_cache_valid fastcgi_cache fastcgi_cache_path fastcgi_cache_valid':
      'a component of kind cache before the servers: ttl:, size:, inactive:',
    'proxy_cache_background_update fastcgi_cache_background_update':
      'background_update: on of a component of kind cache before the servers',
    'proxy_cache_use_stale fastcgi_cache_use_stale':
      'use_stale: of a component of kind cache before the servers',
    'proxy_cache_lock proxy_cache_lock_timeout proxy_cache_lock_age fastcgi_cache_lock fastcgi_cache_lock_timeout fastcgi_cache_lock_age':
      'lock:, lock_timeout: and lock_age: of a component of kind cache before the servers',
    ssl_ciphers: 'tls: { certificate: rsa2048 } has the cost of the key, cpu_per_mb: that of the cipher',
    'proxy_cache_bypass proxy_no_cache fastcgi_cache_bypass fastcgi_no_cache':
      'uncached: of a component of kind cache, for request classes',
    'gzip_static gunzip': 'sizes: says how large answers are, packed',
    'try_files alias': 'static: names the request classes that nginx answers itself',
    'rewrite if internal deny allow':
      'requests are told apart by their class, not by their path or address: location: { CLASS: return 403 }',
  },
)
