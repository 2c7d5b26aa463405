/**
 * How a request can end. The numbers index counters; the names are what reports and `by_outcome` show.
 * HTTP statuses are those that the real component answers with.
 */
export const Outcome = {
  ok: 0,
  /** The port is closed, or a bounded queue has no place: answered at once. */
  refused: 1,
  /** The connection broke while the answer was awaited: the process died. */
  reset: 2,
  /** No answer to the TCP SYN within the caller's connect timeout. */
  connectTimeout: 3,
  /** The caller's own patience for the answer ended. */
  timeout: 4,
  /** Left the queue before being served. */
  abandoned: 5,
  forbidden: 6,
  internalError: 7,
  badGateway: 8,
  unavailable: 9,
  gatewayTimeout: 10,
  /** MySQL error 1040: max_connections reached. */
  tooManyConnections: 11,
  /** A write reached a server that is not the primary (MySQL error 1290, read_only). */
  readOnly: 12,
  /** The TLS handshake failed: the certificate has expired. */
  tlsFailed: 13,
  /** The name could not be resolved. */
  dnsFailed: 14,
  /** Dropped without an answer (a firewall's DROP, a server that ran out of connections). */
  dropped: 15,
} as const

export type Outcome = (typeof Outcome)[keyof typeof Outcome]

/** Names by number. */
export const outcomeNames: readonly string[] = [
  'ok',
  'refused',
  'reset',
  'connect_timeout',
  'timeout',
  'abandoned',
  '403',
  '500',
  '502',
  '503',
  '504',
  'too_many_connections',
  'read_only',
  'tls_failed',
  'dns_failed',
  'dropped',
]
