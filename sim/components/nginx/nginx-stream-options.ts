import * as z from 'zod'
import { realOptions } from '../../options/real.js'
import {
  count,
  duration,
  flag,
  limit,
  oneOf,
  refsWith,
  servicePerClass,
  timeout,
} from '../../options/types.js'

const server = {
  weight: count(1, 65535).prefault(1).describe('share of the connections'),
  max_fails: count(0)
    .prefault(1)
    .describe('connections that could not be made after which it is left out; 0: never'),
  fail_timeout: duration().prefault('10s').describe('how long it is left out'),
  max_conns: limit(1).prefault('unlimited').describe('connections at a time, idle ones too'),
  backup: flag().prefault('off').describe('only when the others are unavailable'),
  down: flag().prefault('off').describe('never used'),
}

export const nginxStreamOptions = z.strictObject({
  upstream: refsWith(server).describe('servers, of which each connection has one'),
  balance: oneOf(
    'round_robin',
    'least_conn',
    'hash $remote_addr',
    'hash $remote_addr consistent',
    'hash $binary_remote_addr',
    'hash $binary_remote_addr consistent',
    'random',
    'random two',
    'random two least_conn',
  )
    .prefault('round_robin')
    .describe(
      'how the server of a connection is chosen; the address is that of the visitor (addresses: of users)',
    ),
  zone: flag().prefault('off').describe('workers share what they know of the servers'),
  // Measured on 1.22.1: 31.5 to 33 us a connection with one request, where http took 32 to 34.
  service: servicePerClass()
    .prefault('13.5us')
    .describe('CPU time of what is asked on a connection, before it is passed on'),
  worker_processes: count(1, 1024).prefault(1).describe('event loops; each works on one thing at a time'),
  worker_connections: count(1)
    .prefault(512)
    .describe('of each worker; a connection that is passed on takes two, also while it is idle'),
  backlog: count(0, 1_000_000)
    .prefault(511)
    .describe('of listen: connections that the kernel holds while the process hangs'),
  worker_shutdown_timeout: timeout()
    .prefault('none')
    .describe('after a reload, how long old workers may keep the connections that they have'),
  proxy_connect_timeout: timeout().prefault('60s').describe('for the connection to a server'),
  proxy_timeout: timeout()
    .prefault('10min')
    .describe('closes a connection on which nothing passes, be it idle or its server silent'),
  proxy_next_upstream: flag()
    .prefault('on')
    .describe('tries another server where a connection can not be made; off: closes that of the visitor'),
  proxy_next_upstream_tries: count(0).prefault(0).describe('servers tried at most; 0: all'),
  proxy_next_upstream_timeout: duration()
    .prefault('0s')
    .describe('no further try after so long; 0: no limit'),
})

export type StreamOptions = z.output<typeof nginxStreamOptions>

/** Directives of `stream { }` that people will try, and that are not simulated. */
export const streamDirectives = realOptions(
  `access_log error_log log_format pid user daemon include events use multi_accept accept_mutex worker_rlimit_nofile
   worker_cpu_affinity worker_priority tcp_nodelay proxy_buffer_size preread_buffer_size proxy_socket_keepalive
   proxy_protocol proxy_protocol_timeout proxy_bind set_real_ip_from map set variables_hash_max_size`,
  {
    proxy_half_close: 'who closes a connection closes both of its sides',
    'proxy_download_rate proxy_upload_rate': 'an answer goes as fast as the lines on its way',
    'ssl_preread preread_timeout': 'all connections have the same servers, whatever name they ask for',
    'limit_conn limit_conn_zone': 'everybody has as many connections as he opens',
    'resolver resolver_timeout resolve':
      'names of servers are asked for once, when nginx starts or is reloaded',
    'proxy_ssl proxy_ssl_server_name proxy_ssl_verify':
      'nginx passes on what comes; a haproxy with ssl: on does not',
    'tls ssl listen_ssl ssl_certificate ssl_certificate_key ssl_protocols':
      'TLS passes through, and ends at servers that have tls:; at a haproxy with mode: tcp it may end',
    slow_start: 'a server that comes back gets its whole share at once',
    ip_hash: 'stream has none either: balance: hash $remote_addr',
  },
  {
    'proxy_pass server servers': 'upstream: [web-1, { name: web-2, weight: 2 }]',
    'least_conn random hash': 'balance: least_conn, hash $remote_addr consistent, random two least_conn, ...',
    listen: 'one nginx_stream is one server: to: in users leads to it',
    'proxy_read_timeout proxy_send_timeout': 'proxy_timeout, for both sides of a connection',
    'static location return keepalive limit_req error_page proxy_buffering gzip http':
      'requests are seen by a component of kind nginx',
  },
)
