import { counting, grouped, listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import { CLOSED } from './location.js'
import type { nginx, Options, ServerLine } from './nginx.js'
import type { Balance } from './proposals.js'
import { USUAL_STATUS } from './request-limits.js'

/** What it answers itself, whom it asks for the rest, how many it takes. */
export const nginxTold: Telling<typeof nginx> = ({ options }, { asked }) => {
  const {
    upstream = [],
    upstreams = {},
    location = {},
    worker_processes,
    worker_connections,
    tls,
    return: redirect,
    gzip,
    gzip_types,
    limit_req,
    limit_conn,
    limit_req_status = USUAL_STATUS,
    limit_conn_status = USUAL_STATUS,
  } = options
  const routed = Object.entries(location)
  const own = options.static.names.filter((name) => asked.includes(name) && !(name in location))
  const rest = own.length > 0 || routed.length > 0 ? 'the rest' : 'everything'
  const used = upstream.filter(({ down }) => !down)
  const [first] = used
  const alike = used.every(
    (one) => one.max_fails === first!.max_fails && one.fail_timeout === first!.fail_timeout,
  )
  const leaves = used.length > 1 && alike && first!.max_fails > 0
  return [
    ...(limit_req === undefined ? [] : [limitTold(limit_req, limit_req_status)]),
    ...Object.entries(limit_conn ?? {}).map(
      ([key, most]) =>
        `answers no more than ${counting(most, 'request')} ${key === '$server_name' ? 'of all together' : 'of an address'} at a time; it ${turns('others', limit_conn_status)}`,
    ),
    ...routed.map(([name, route]) =>
      'outcome' in route
        ? `answers ${route.status} to ${name} itself`
        : `passes ${name} on to ${serversTold(upstreams[route.upstream]!)}`,
    ),
    ...(upstream.length === 0
      ? [`answers ${routed.length > 0 ? 'the rest' : 'everything'} itself`]
      : [
          ...(own.length > 0 ? [`answers ${listed(own)} itself`] : []),
          `passes ${rest} on to ${serversTold({ servers: used, balance: options.balance })}`,
        ]),
    ...(leaves
      ? [
          `leaves one of them out for ${timeSaid(first!.fail_timeout)} when it has failed ${counting(first!.max_fails, 'time')}`,
        ]
      : []),
    `takes ${counting(worker_processes * worker_connections, 'connection')} at a time${upstream.length > 0 ? ', two for each request that it passes on' : ''}`,
    ...(gzip ? [`packs the answers to ${listed(gzip_types?.names ?? [])} (gzip)`] : []),
    ...(tls === undefined ? [] : ['ends TLS: from here on requests can be read']),
    ...(redirect === undefined
      ? []
      : [`answers ${redirect.code} to those who come in clear, and sends them to TLS`]),
  ]
}

/** Which of several is asked, unless it is in turn. */
const WAYS: Readonly<Partial<Record<Balance, string>>> = {
  least_conn: 'the one with the fewest connections',
  ip_hash: 'the one that the network of the visitor’s address is hashed to',
  random: 'by chance',
  'random two': 'of two by chance the one with fewer connections',
  'random two least_conn': 'of two by chance the one with fewer connections',
}

function serversTold({ servers, balance }: { servers: readonly ServerLine[]; balance: Balance }): string {
  const names = listed(
    servers.map(({ name }) => name.name),
    'or',
  )
  const hashed = balance.includes('uri') ? 'the URI' : 'the visitor’s address'
  const way = balance.startsWith('hash ') ? `the one that ${hashed} is hashed to` : WAYS[balance]
  return way === undefined || servers.length < 2 ? names : `${names} (${way})`
}

/** Whom limit_req lets through, and when. */
function limitTold(limit: NonNullable<Options['limit_req']>, status: number): string {
  const { key, rate, burst, nodelay, delay } = limit
  const whose = key === '$server_name' ? '' : ' of each address'
  const at = Math.min(delay, burst)
  const sooner =
    burst === 0
      ? ''
      : nodelay || at === burst
        ? `, with it up to ${grouped(burst)} that come sooner`
        : `, has up to ${grouped(burst)} that come sooner wait for their turn${at > 0 ? ` (the first ${grouped(at)} do not)` : ''}`
  const others = burst === 0 ? 'those that come sooner' : 'others'
  return `lets one request${whose} pass every ${timeSaid(1 / rate)}${sooner}, and ${turns(others, status)}`
}

const turns = (whom: string, status: number): string =>
  status === CLOSED ? `closes the connections of ${whom}` : `answers ${status} to ${whom}`
