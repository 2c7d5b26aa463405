/** How requests end, in words for who meets these names for the first time. */
const MEANINGS: Readonly<Record<string, string>> = {
  ok: 'answered as it should be',
  refused: 'nothing listened on the port, or a bounded queue was full',
  reset: 'the connection broke while the answer was awaited: a process died',
  connect_timeout: 'no connection could be made in time: a dead machine or a cut wire',
  timeout: 'the answer did not come before the caller lost patience',
  abandoned: 'left a queue before being served',
  '403': 'forbidden: filtered',
  '500': 'internal error of the application',
  '502': 'bad gateway: the server behind the proxy broke off or refused',
  '503': 'unavailable: no server was up, or the queue for one was too long',
  '504': 'gateway timeout: the server behind the proxy did not answer in time',
  too_many_connections: 'MySQL had no connection left (max_connections)',
  read_only: 'a write reached a database server that only reads',
  tls_failed: 'the TLS handshake failed: the certificate has expired',
  dns_failed: 'the name could not be resolved',
  dropped: 'lost without an answer',
}

export const meaningOf = (outcome: string): string => MEANINGS[outcome] ?? ''
