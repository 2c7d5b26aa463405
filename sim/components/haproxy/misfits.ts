import { hint } from '../../options/nearest.js'
import { quoted } from '../../options/shown.js'
import { ClassNames } from '../../options/types.js'
import type { Neighbour } from '../../parts/kind.js'
import { hashes, namesObject } from '../balance/algorithms.js'
import { speaks, unlike } from '../balance/passed-tls.js'
import { unrecorded } from '../unrecorded.js'
import { unheard } from './agent-misfits.js'
import { defaultServer, type Options } from './haproxy-options.js'
import { repeats } from './retries.js'
import { linesOf, type Misfit, type OfServer, type ServerLine, whereSaid } from './server-lines.js'

/** It passes on what it gets with the TLS that may be in it: none ends here, and none begins. */
export const passesTls = (options: Options): boolean =>
  options.mode === 'tcp' && options.tls === undefined && !linesOf(options).some(({ said }) => said.ssl)

/** What of the options does not fit together, or not with the servers. */
export function misfits({ name, options }: Neighbour<Options>, all: readonly Neighbour[]): Misfit[] {
  return [
    ...ofOtherMode(options),
    ...unheard(options),
    ...unhashed(options),
    ...unnamed(options),
    ...unramped(options),
    ...unobserved(options),
    ...unredirected(options),
    ...unretried(options),
    ...unrouted(options),
    ...unsecured(options, all),
    ...(passesTls(options) ? unlike(linesOf(options), all) : []),
    ...timeless(name, options, all),
  ]
}

/** What only one mode has (HAProxy warns that it ignores it). */
function ofOtherMode(options: Options): Misfit[] {
  if (options.mode === 'http')
    return options.timeout_tunnel === undefined
      ? []
      : [
          {
            path: ['timeout_tunnel'],
            message: 'is for mode: tcp: no tunnel through HTTP (websocket) is simulated',
          },
        ]
  const given: [keyof Options, boolean][] = [
    ['option_http_server_close', options.option_http_server_close],
    ['option_httpclose', options.option_httpclose],
    ['http_reuse', options.http_reuse !== undefined],
    ['timeout_http_request', options.timeout_http_request !== undefined],
    ['timeout_http_keep_alive', options.timeout_http_keep_alive !== undefined],
    ['redirect', options.redirect !== undefined],
    ['use_backend', options.use_backend !== undefined],
    ['http_request', options.http_request !== undefined],
    ['stick_table', options.stick_table?.http_req_rate !== undefined],
    ['cookie', options.cookie !== undefined],
    ['timeout_tarpit', options.timeout_tarpit !== undefined],
    ['balance', namesObject(options.balance.by)],
  ]
  return given.flatMap(([option, said]) =>
    said
      ? [{ path: [option], message: 'is for mode: http: in mode tcp no request is seen, only connections' }]
      : [],
  )
}

/** What is for those whom a hash sends to one server, and none does. */
function unhashed(options: Options): Misfit[] {
  const { balance, hash_type, backends = {} } = options
  const all = [{ balance, hash_type, path: [] as string[] }].concat(
    Object.entries(backends).map(([name, { balance, hash_type }]) => ({
      balance,
      hash_type,
      path: ['backends', name],
    })),
  )
  const somewhere = all.some(({ balance }) => hashes(balance.by))
  const types = all.flatMap(({ balance, hash_type, path }) =>
    hash_type === undefined || hashes(balance.by) || (path.length === 0 && somewhere)
      ? []
      : [
          {
            path: [...path, 'hash_type'],
            message: 'is for balance: source, uri or hdr: nothing else is hashed',
          },
        ],
  )
  return [...types, ...queueless(options)]
}

/** Where a bound on the queues of single servers is said, and none of those for which it holds there has such a queue. */
function queueless(options: Options): Misfit[] {
  const { backends = {} } = options
  const messages = new Map<string, { path: Misfit['path']; message: string | null }>()
  for (const line of linesOf(options)) {
    const { balance, cookie } = line.backend === null ? options : backends[line.backend]!
    if (line.said.maxqueue === 0) continue
    const path = whereSaid(line, 'maxqueue', options)
    const key = path.join()
    if (!hashes(balance.by) && cookie === undefined) {
      const message =
        'maxqueue: is for balance: source, uri, hdr or cookie: else all wait in the queue of the backend, which has no bound'
      if (!messages.has(key)) messages.set(key, { path, message })
    } else if (line.said.maxconn > 0) messages.set(key, { path, message: null })
    else if (messages.get(key)?.message !== null)
      messages.set(key, { path, message: 'maxqueue: and no maxconn: nobody waits for a slot' })
  }
  return [...messages.values()].flatMap(({ path, message }) => (message === null ? [] : [{ path, message }]))
}

/** Slots that cannot grow, and what they would grow with. */
function unramped(options: Options): Misfit[] {
  const { maxconn: most, fullconn, backends = {} } = options
  const rising = linesOf(options).filter(({ said }) => said.minconn !== undefined)
  const own = ({ backend }: ServerLine) => (backend === null ? fullconn : backends[backend]!.fullconn)
  const wrong = (line: ServerLine): string | null => {
    const { minconn, maxconn } = line.said
    if (maxconn === 0) return 'minconn: and no maxconn: expected that too: slots grow up to it'
    if (minconn! >= maxconn) return `minconn: expected less than maxconn, which is ${maxconn}`
    return own(line) !== undefined || fullconn !== undefined || most > 0
      ? null
      : 'minconn: expected fullconn:, or maxconn: of the component, a tenth of which that is'
  }
  const messages = new Map(
    rising.flatMap((line) => {
      const message = wrong(line)
      const path = whereSaid(line, 'minconn', options)
      return message === null ? [] : [[path.join(), { path, message }]]
    }),
  )
  const idle = (path: Misfit['path'], is: (line: ServerLine) => boolean): Misfit[] =>
    rising.some(is) ? [] : [{ path, message: 'is for minconn: of servers: the slots of none grow' }]
  return [
    ...messages.values(),
    ...(fullconn === undefined
      ? []
      : idle(['fullconn'], (line) => line.backend === null || own(line) === undefined)),
    ...Object.entries(backends).flatMap(([name, { fullconn: said }]) =>
      said === undefined ? [] : idle(['backends', name, 'fullconn'], ({ backend }) => backend === name),
    ),
  ]
}

/** Errors of requests that count for nothing: of those for which it is said, no server is checked; or none is observed. */
function unobserved(options: Options): Misfit[] {
  const lines = linesOf(options)
  const usual = defaultServer.parse({})
  const without = (
    option: OfServer,
    idle: (said: ServerLine['said']) => boolean,
    message: string,
  ): Misfit[] => {
    const said = lines.filter((line) => line.said[option] !== usual[option])
    const places = new Map(said.map((line) => [whereSaid(line, option, options).join(), line]))
    return [...places].flatMap(([place, line]) => {
      const alike = said.filter((one) => whereSaid(one, option, options).join() === place)
      return alike.every((one) => idle(one.said))
        ? [{ path: whereSaid(line, option, options), message: `${option}: ${message}` }]
        : []
    })
  }
  const tcp = options.mode === 'tcp' ? lines.filter(({ said }) => said.observe === 'layer7') : []
  return [
    ...without('observe', ({ check }) => !check, 'is for check: on: nothing else brings a server up again'),
    ...without('on_marked_down', ({ check }) => !check, 'is for check: on: nothing else marks a server down'),
    ...without(
      'error_limit',
      ({ observe }) => observe === 'none',
      'and nothing is observed: expected observe:',
    ),
    ...without('on_error', ({ observe }) => observe === 'none', 'and nothing is observed: expected observe:'),
    ...tcp.slice(0, 1).map((line) => ({
      path: whereSaid(line, 'observe', options),
      message: 'observe: layer7 is for mode: http: in mode tcp no answer is seen',
    })),
  ]
}

/** Cookies that lead to no server, and servers that no cookie leads to. */
function unnamed(options: Options): Misfit[] {
  const { cookie, backends = {} } = options
  const lines = linesOf(options)
  const ways = [
    { backend: null, given: cookie, path: [] as string[] },
    ...Object.entries(backends).map(([backend, { cookie: given }]) => ({
      backend,
      given,
      path: ['backends', backend],
    })),
  ]
  return ways.flatMap(({ backend, given, path }) => {
    const named = lines.filter((line) => line.backend === backend && line.said.cookie !== undefined)
    if (given !== undefined && named.length === 0)
      return [
        {
          path: [...path, 'cookie'],
          message: 'leads to no server: expected cookie: of them, as in servers: [{ name: a, cookie: a }]',
        },
      ]
    if (given !== undefined) return []
    return named.map((line) => ({
      path: line.path,
      message: 'cookie: and nobody gets it: expected cookie: NAME insert beside servers:',
    }))
  })
}

/** Retries that nobody gets, and intervals that there are not. */
function unretried({ mode, retries, retry_on, redispatch, disable_l7_retry }: Options): Misfit[] {
  const misfit = (option: keyof Options, message: string) => [{ path: [option], message }]
  const again = repeats(retry_on)
  return [
    ...(again && mode === 'tcp'
      ? misfit('retry_on', 'is for mode: http, but for conn-failure: in mode tcp no request is seen')
      : []),
    ...(again && mode === 'http' && retries === 0
      ? misfit('retry_on', 'and retries: 0: nothing is tried again')
      : []),
    ...(disable_l7_retry !== undefined && !again
      ? misfit('disable_l7_retry', 'and nothing is sent again: expected more than conn-failure in retry_on:')
      : []),
    ...(redispatch !== null && redispatch < -Math.max(1, retries)
      ? misfit('redispatch', `there are ${retries} retries: expected ${-retries} or more`)
      : []),
  ]
}

function unredirected({ mode, redirect, tls }: Options): Misfit[] {
  if (mode === 'tcp' || redirect === undefined || tls !== undefined) return []
  return [{ path: ['redirect'], message: 'leads to TLS, and none ends here: expected tls: beside it' }]
}

/** Routes to backends that there are not, and backends to which no route leads. */
function unrouted({ backends = {}, use_backend = {}, http_request = {}, timeout_tarpit }: Options): Misfit[] {
  const routed = Object.entries(use_backend).flatMap(([backend, { names }]) =>
    names.map((name, i) => ({ backend, name, path: ['use_backend', backend, i] })),
  )
  const first = (name: string) => routed.find((one) => one.name === name)!.backend
  return [
    ...Object.keys(use_backend)
      .filter((name) => !Object.hasOwn(backends, name))
      .map((name) => ({
        path: ['use_backend', name],
        message: `there is no backend ${quoted(name)}${hint(name, Object.keys(backends))}`,
      })),
    ...Object.keys(backends)
      .filter((name) => !Object.hasOwn(use_backend, name))
      .map((name) => ({
        path: ['backends', name],
        message: 'no request class goes there: expected one in use_backend:',
      })),
    ...routed
      .filter(({ name, backend }) => first(name) !== backend)
      .map(({ name, path }) => ({ path, message: `${name} goes to ${first(name)} already` })),
    ...routed
      .filter(({ name }) => Object.hasOwn(http_request, name))
      .map(({ name, path }) => ({ path, message: `${name} is answered by http_request: already` })),
    ...(timeout_tarpit === undefined || Object.values(http_request).some(({ action }) => action === 'tarpit')
      ? []
      : [{ path: ['timeout_tarpit'], message: 'nobody is tarpitted: expected tarpit in http_request:' }]),
  ]
}

/** Servers of which one side speaks TLS, and the other does not. */
function unsecured(options: Options, all: readonly Neighbour[]): Misfit[] {
  const { option_httpchk } = options
  const passes = passesTls(options)
  return linesOf(options).flatMap(({ name, path, said: { ssl, check_ssl, check } }) => {
    const tls = speaks(name, all)
    const say = (message: string) => [{ path, message }]
    if (check_ssl && tls !== true) return say(`check_ssl: on, and ${name} has no tls:`)
    if (check_ssl && option_httpchk === false)
      return say('check_ssl: on is for option_httpchk: a check that only connects speaks no TLS here')
    if (ssl && tls !== true) return say(`ssl: on, and ${name} has no tls:`)
    if (tls !== true || ssl) return []
    if (!passes) return say(`${name} speaks TLS (tls:): expected ssl: on`)
    return check && option_httpchk !== false && !check_ssl
      ? say(`${name} speaks TLS (tls:), and its checks do not: expected check_ssl: on`)
      : []
  })
}

/** Checks that ask for a page whose service is recorded of visitors. */
function timeless(name: string, { option_httpchk }: Options, all: readonly Neighbour[]): Misfit[] {
  if (!(option_httpchk instanceof ClassNames)) return []
  const page = option_httpchk.names[0]!
  return unrecorded(name, page, all).map((server) => ({
    path: ['option_httpchk'],
    message: `a check has no recorded service, and ${server} says service: trace: expected a law for ${page} there`,
  }))
}
