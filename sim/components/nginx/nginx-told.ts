import { counting, listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { nginx } from './nginx.js'

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
  } = options
  const routed = Object.entries(location)
  const own = options.static.names.filter((name) => asked.includes(name) && !(name in location))
  const rest = own.length > 0 || routed.length > 0 ? 'the rest' : 'everything'
  const used = upstream.filter(({ down }) => !down)
  const names = used.map(({ name }) => name.name)
  const [first] = used
  const alike = used.every(
    (one) => one.max_fails === first!.max_fails && one.fail_timeout === first!.fail_timeout,
  )
  const leaves = used.length > 1 && alike && first!.max_fails > 0
  return [
    ...routed.map(([name, route]) =>
      'outcome' in route
        ? `answers ${route.status} to ${name} itself`
        : `passes ${name} on to ${listed(
            upstreams[route.upstream]!.servers.map((one) => one.name.name),
            'or',
          )}`,
    ),
    ...(upstream.length === 0
      ? [`answers ${routed.length > 0 ? 'the rest' : 'everything'} itself`]
      : [
          ...(own.length > 0 ? [`answers ${listed(own)} itself`] : []),
          `passes ${rest} on to ${listed(names, 'or')}`,
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
