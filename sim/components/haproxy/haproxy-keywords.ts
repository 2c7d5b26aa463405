import { realOptions } from '../../options/real.js'

/** Keywords of HAProxy's configuration manual that people will try, and that are not simulated. */
export const haproxyKeywords = realOptions(
  `log log_format option_httplog option_tcplog option_dontlognull option_dontlog_normal option_log_health_checks
   option_logasap daemon user group uid gid chroot pidfile stats stats_socket stats_enable stats_uri stats_auth
   errorfile errorfiles option_forwardfor option_tcpka option_clitcpka option_srvtcpka capture description id
   ca_base crt_base ssl_default_bind_ciphers ssl_default_bind_ciphersuites ssl_default_bind_options
   ssl_default_server_ciphers ssl_default_server_ciphersuites ssl_default_server_options tune_ssl_default_dh_param
   resolve_prefer hold_valid resolve_retries master_worker server_state_file load_server_state_from_file strict_limits ulimit_n
   http_response rspadd reqadd reqrep reqirep set_header source unique_id_format option_splice_auto option_nolinger
   email_alert compression_type cpu_map node http_error http_request_set_header http_request_add_header
   http_request_del_header http_request_set_path http_request_set_var http_request_capture http_request_use_service
   http_response_set_header httpclient_ssl_verify program agent_port agent_send bind_name bind_mode bind_user bind_v6only`,
  {
    'timeout_client_fin timeout_server_fin': 'connections that are closed on one side only hold nothing',
    'pool_max_conn pool_low_conn': 'idle connections to servers have no bound',
    'stick appsession persist persist_rdp_cookie option_prefer_last_server':
      'visitors are kept with a server by its cookie (cookie: NAME insert) or their address (balance: source)',
    'option_persist force_persist': 'who has the cookie of a server that is down goes to another',
    ignore_persist: 'what comes with a cookie goes to the server of that, whatever its class',
    dynamic_cookie_key: 'each server has the value that its cookie: says',
    hash_balance_factor: 'a hash names one server, however much it has to do',
    'use_server tcp_request tcp_request_content_reject':
      'requests go to a backend (use_backend) or are answered (http_request) by their class; connections are rejected by how many there are (stick_table)',
    'conn_cur gpc0 nopurge':
      'a stick table counts requests (http_req_rate) or connections (conn_rate); it forgets nobody who matters',
    'rate_limit rate_limit_sessions': 'the rate of new connections is not limited; a firewall can do that',
    on_marked_up: 'what is under way to a backup goes on when another server is up again',
    agent_addr: 'an agent stands beside its server',
    'verify sni no_ssl_reuse': 'TLS to a server (ssl: on) resumes its session and costs what that costs',
    'compression compression_algo': 'sizes: says how large answers are, packed; packing is part of service:',
    'tune_bufsize tune_maxrewrite': 'a request of up to 15 kB is kept to be sent again (retry_on)',
    option_http_buffer_request:
      'a request is passed on as it comes, and not sent again (retry_on) where it had not all come by then',
    nbproc: 'there is one process, with nbthread event loops',
    'lua_load lua_load_per_thread http_request_lua': 'what a script does with requests is not known here',
    peers: 'a stick table is that of one haproxy, and begins empty when that comes back',
    'check_port port': 'a check goes where requests go',
  },
  {
    contimeout: 'timeout_connect',
    clitimeout: 'timeout_client',
    option_forceclose: 'option_httpclose',
    option_http_keep_alive: 'the default: neither option_http_server_close nor option_httpclose',
    srvtimeout: 'timeout_server',
    'defaults global': 'their options are those of the haproxy itself',
    'bind_ssl bind_crt bind_crt_list crt crt_list': 'tls: { certificate: rsa2048, version: 1.3 }',
    'bind_alpn alpn': 'who comes by HTTP/2 is for visitors to say (page: { http: 2 } in users:)',
    'server_template init_addr': 'servers: names each of them, and they are known from the start',
    'http_request_track_sc0 track_sc0': 'stick_table: { http_req_rate: 10s, gt: 100 }',
    'tcp_request_connection_reject tcp_request_connection_track_sc0':
      'stick_table: { conn_rate: 3s, gt: 30 }',
    option_redispatch: 'redispatch: on, or an interval: 1',
    http_request_disable_l7_retry: 'disable_l7_retry: [write]',
    acl: 'requests are told apart by their class, which use_backend and http_request name',
    'http_request_deny http_request_return http_request_redirect http_request_tarpit http_request_silent_drop monitor_uri':
      'http_request: { CLASS: deny }, with return, redirect, tarpit, silent-drop too',
    'http_check httpchk option_tcp_check option_mysql_check option_smtpchk tcp_check':
      'option_httpchk: on asks for an answer, or with the name of a request class for such a page, check: on for a connection',
    server: 'servers: [a, { name: b, check: on }]',
    backend: 'backends: and use_backend: beside servers:, the default one',
    'frontend listen bind default_backend':
      'one haproxy is one frontend: to: in users: leads to it, servers: to its default backend',
    'threads thread': 'nbthread',
  },
)
