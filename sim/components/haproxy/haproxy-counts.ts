import type { Count } from '../../parts/count.js'
import type { Options } from './haproxy-options.js'
import { linesOf } from './server-lines.js'

/** Who waits for a server that is marked down waits no longer. */
/** Whether requests may be cut that a server has. */
export const cuts = (options: Options): boolean =>
  shutsDown(options) || options.hard_stop_after < Number.POSITIVE_INFINITY

const shutsDown = (options: Options): boolean =>
  linesOf(options).some(({ said }) => said.on_marked_down !== undefined)

/** Errors of requests count as its checks do. */
export const observes = (options: Options): boolean =>
  linesOf(options).some(({ said }) => said.observe !== 'none')

/** It checks the health of a server. */
const checks = ({ options }: { options: Options }): boolean => linesOf(options).some(({ said }) => said.check)

/** Connections of the frontend: `maxconn 0` is without a bound. */
export const slotsOf = ({ maxconn }: { maxconn: number }): number => maxconn || Number.POSITIVE_INFINITY

/** Visitors get a cookie with the name of their server. */
export const persists = ({ cookie, backends = {} }: Options): boolean =>
  cookie !== undefined || Object.values(backends).some((own) => own.cookie !== undefined)

/** It says itself which requests may use an idle connection to a server. */
export const sharesServers = ({ http_reuse = 'safe' }: Options): boolean => http_reuse !== 'safe'

/** What a HAProxy reports beyond what all boxes do. */
export const counts: Readonly<Record<string, Count<Options>>> = {
  retries: { unit: 'count', says: 'retries' },
  redispatches: { unit: 'count', says: 'retries at another server' },
  marked_down: { unit: 'count', says: 'times that checks took a server down', when: checks },
  first_down_s: {
    unit: 's',
    says: 'time in the span at which a server was first taken down',
    when: checks,
  },
  marked_up: { unit: 'count', says: 'times that checks took a server up again', when: checks },
  first_up_s: {
    unit: 's',
    says: 'time in the span at which a server was first taken up again',
    when: checks,
  },
  agent_changes: {
    unit: 'count',
    says: 'times that the words of an agent changed what its server gets',
    when: ({ options }) => linesOf(options).some(({ said }) => said.agent_check),
  },
  tls_handshakes: {
    unit: 'count',
    says: 'TLS handshakes',
    when: ({ options }) => options.tls !== undefined,
  },
  opened_share: {
    unit: 'share',
    says: 'share of the requests to servers that opened a connection',
    when: ({ options }) => sharesServers(options),
  },
  redirected: {
    unit: 'count',
    says: 'sent to TLS who came in clear',
    when: ({ options }) => options.redirect !== undefined,
  },
  answered_itself: {
    unit: 'count',
    says: 'requests that it answered itself (http_request or stick_table)',
    when: ({ options }) =>
      options.http_request !== undefined || options.stick_table?.http_req_rate !== undefined,
  },
  aborted: {
    unit: 'count',
    says: 'requests given up as their client had closed (option_abortonclose)',
    when: ({ options }) => options.option_abortonclose,
  },
  observed_down: {
    unit: 'count',
    says: 'times that errors of requests took a server down (observe)',
    when: ({ options }) => observes(options),
  },
  cut: {
    unit: 'count',
    says: 'requests that were cut (on_marked_down or hard_stop_after)',
    when: ({ options }) => cuts(options),
  },
  rejected: {
    unit: 'count',
    says: 'connections that it closed since their address opened too many (stick_table)',
    when: ({ options }) => options.stick_table?.conn_rate !== undefined,
  },
  queue_full: {
    unit: 'count',
    says: 'requests that found the queue of their server full (maxqueue)',
    when: ({ options }) => linesOf(options).some(({ said }) => said.maxqueue > 0),
  },
  by_cookie: {
    unit: 'count',
    says: 'requests that went where their cookie says',
    when: ({ options }) => persists(options),
  },
  kernel_queue: {
    unit: 'count',
    says: 'mean number that wait in the kernel for maxconn',
    when: ({ options }) => slotsOf(options) < Number.POSITIVE_INFINITY,
  },
}
