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
  /** MySQL error 1040, PostgreSQL 53300: max_connections reached; Redis: max number of clients reached. */
  tooManyConnections: 11,
  /** A write reached a server that is not the primary (MySQL error 1290, read_only). */
  readOnly: 12,
  /** The TLS handshake failed: the certificate has expired. */
  tlsFailed: 13,
  /** The name could not be resolved. */
  dnsFailed: 14,
  /** Dropped without an answer (a firewall's DROP, a server that ran out of connections). */
  dropped: 15,
  badRequest: 16,
  unauthorized: 17,
  notFound: 18,
  gone: 19,
  tooManyRequests: 20,
  /** A database node is not part of the primary component of its cluster (MariaDB errors 1047 and, at a commit, 1180; MySQL 3101). */
  notPrimary: 21,
  /** Another wrote the same row first, and this write is rolled back (MariaDB error 1213, MySQL 3101). */
  deadlock: 22,
  tooLarge: 23,
  /** A write has waited too long for a row that others write (MySQL error 1205, innodb_lock_wait_timeout). */
  lockWaitTimeout: 24,
  /** Redis has not read its file yet (error LOADING). */
  loading: 25,
  /** Redis has no room for what is to be stored (error OOM, maxmemory). */
  outOfMemory: 26,
  /** Too few replicas of a Redis can be heard (error NOREPLICAS, min-replicas-to-write). */
  noReplicas: 27,
} as const

export type Outcome = (typeof Outcome)[keyof typeof Outcome]

/** What each is called in results, and what it means for who meets the name for the first time. */
const TOLD: Readonly<Record<keyof typeof Outcome, readonly [name: string, meaning: string]>> = {
  ok: ['ok', 'answered as it should be'],
  refused: ['refused', 'nothing listened on the port, or a bounded queue was full'],
  reset: ['reset', 'the connection broke while the answer was awaited: a process died, or closed it'],
  connectTimeout: ['connect_timeout', 'no connection could be made in time: a dead machine or a cut wire'],
  timeout: ['timeout', 'the answer did not come before the caller lost patience'],
  abandoned: ['abandoned', 'left a queue before being served'],
  forbidden: ['403', 'forbidden: filtered'],
  internalError: ['500', 'internal error of the application'],
  badGateway: ['502', 'bad gateway: the server behind the proxy broke off or refused'],
  unavailable: ['503', 'unavailable: no server was up, or the queue for one was too long'],
  gatewayTimeout: ['504', 'gateway timeout: the server behind the proxy did not answer in time'],
  tooManyConnections: [
    'too_many_connections',
    'the database had no connection left (max_connections, maxclients)',
  ],
  readOnly: ['read_only', 'a write reached a database server that only reads'],
  tlsFailed: ['tls_failed', 'the TLS handshake failed: the certificate has expired'],
  dnsFailed: ['dns_failed', 'the name could not be resolved'],
  dropped: ['dropped', 'lost without an answer'],
  badRequest: ['400', 'bad request: answered so by a proxy'],
  unauthorized: ['401', 'unauthorized: answered so by a proxy'],
  notFound: ['404', 'not found: answered so by a proxy, or a server has another version of it'],
  gone: ['410', 'gone: answered so by a proxy'],
  tooManyRequests: ['429', 'too many requests: refused by a limit'],
  notPrimary: [
    'not_primary',
    'the database node was not in the primary component of its cluster: cut off from the majority, or not yet back',
  ],
  deadlock: ['deadlock', 'rolled back, since another wrote the same row first'],
  tooLarge: ['413', 'content too large: more than a proxy takes in'],
  lockWaitTimeout: ['lock_wait_timeout', 'rolled back, since others wrote the same row for too long'],
  loading: ['loading', 'Redis had not read its data yet after a start (error LOADING)'],
  noReplicas: ['no_replicas', 'Redis heard of too few replicas to take a write (error NOREPLICAS)'],
  outOfMemory: ['out_of_memory', 'Redis had no room for what was to be stored (error OOM)'],
}

const inOrder = (Object.keys(Outcome) as (keyof typeof Outcome)[]).sort((a, b) => Outcome[a] - Outcome[b])

/** Names by number. */
export const outcomeNames: readonly string[] = inOrder.map((outcome) => TOLD[outcome][0])

/** What an outcome means, by its name in results. */
export const outcomeMeanings: ReadonlyMap<string, string> = new Map(inOrder.map((outcome) => TOLD[outcome]))

/** How a request ends that is answered with an HTTP status; null for a status that nobody answers with here. */
export function outcomeOfStatus(status: number): Outcome | null {
  if (status >= 200 && status < 400) return Outcome.ok
  const place = outcomeNames.indexOf(String(status))
  return place < 0 ? null : (place as Outcome)
}

/** Whether who gets that answer gets it again if he asks again: nobody does. */
export const isFinal = (outcome: Outcome): boolean =>
  outcome === Outcome.forbidden ||
  outcome === Outcome.tooLarge ||
  (outcome >= Outcome.badRequest && outcome <= Outcome.gone)
