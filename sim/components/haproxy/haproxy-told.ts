import { counting, listed, timeSaid } from '../../options/spell.js'
import { Outcome, outcomeNames } from '../../parts/outcome.js'
import { hashes } from '../balance/algorithms.js'
import type { Telling } from '../telling.js'
import type { haproxy } from './haproxy.js'
import type { Options } from './haproxy-options.js'
import type { Answer } from './http-request.js'
import { passesTls } from './misfits.js'
import { repeats } from './retries.js'
import { linesOf } from './server-lines.js'

const WAYS: Readonly<Record<string, string>> = {
  roundrobin: 'in turn',
  'static-rr': 'in turn',
  leastconn: 'the one with the fewest connections',
  random: 'by chance',
  source: 'the one that the address of the visitor is hashed to',
  uri: 'the one that the URI of what is asked for is hashed to',
  hdr: 'the one that a header of the request is hashed to',
  first: 'the first that has a free slot',
}

/** Whom it chooses, how it learns that one is gone, what it does then. */
export const haproxyTold: Telling<typeof haproxy> = ({ options }, { all }) => {
  const { mode, tls, maxconn, redirect, backends = {}, use_backend = {} } = options
  const lines = linesOf(options)
  const names = lines.map(({ name }) => name)
  const checked = lines.flatMap(({ said }) => (said.check ? [said] : []))
  const [one] = checked
  const alike =
    one !== undefined && checked.every(({ inter, fall }) => inter === one.inter && fall === one.fall)
  const looking = alike ? ` every ${timeSaid(one.inter)}` : ''
  const after = alike ? `${counting(one.fall, 'failed check')} in a row` : 'some failed checks in a row'
  const what = mode === 'tcp' ? 'connection' : 'request'
  const others = Object.keys(use_backend).length > 0 ? `other ${what}` : what
  const secret = passesTls(options) && all.some(({ name, options: { tls } }) => names.includes(name) && tls)
  return [
    ...ratesTold(options),
    ...answersTold(options),
    ...Object.entries(use_backend).map(([name, { names }]) =>
      sendsTold(`each request for ${listed(names, 'or')}`, backends[name]!),
    ),
    sendsTold(`each ${others}`, options),
    ...cookiesTold(options),
    ...(mode === 'tcp'
      ? ['looks at no request: what comes on a connection goes where that leads, and a failure closes it']
      : []),
    ...(secret ? [`passes TLS on: requests can be read at ${listed(names)} only`] : []),
    checked.length === lines.length
      ? `checks${looking} whether ${names.length > 1 ? 'each of them is' : 'it is'} there, and until ${after} goes on trusting one that is dead`
      : checked.length > 0
        ? `checks some of them: a dead one of the others is sent its share for ever`
        : `checks nobody: a dead server is sent its share for ever`,
    ...(lines.some(({ said }) => said.observe !== 'none')
      ? ['notes what requests meet too: errors in a row speak against a server, or have it checked sooner']
      : []),
    ...(lines.some(({ said }) => said.agent_check)
      ? ['asks an agent beside a server how large its share is to be']
      : []),
    ...cutsTold(lines.map(({ said }) => said.on_marked_down !== undefined)),
    ...(lines.some(({ said }) => said.minconn !== undefined)
      ? ['gives a server fewer requests at a time while few are there, and lets the others wait (minconn)']
      : []),
    ...slowTold(lines.map(({ said }) => said.slowstart)),
    ...(options.option_abortonclose ? ['gives up what it does for a client that has closed'] : []),
    ...retriesTold(options, names.length > 1),
    ...(tls === undefined ? [] : ['ends TLS: from here on requests can be read']),
    ...(redirect === undefined
      ? []
      : [`answers ${redirect.code} to those who come in clear, and sends them to TLS`]),
    ...(maxconn > 0 ? [`takes ${counting(maxconn, 'connection')} at a time, and lets others wait`] : []),
  ]
}

/** What it tries again, and where. */
function retriesTold(options: Options, several: boolean): string[] {
  const { retries, retry_on, redispatch, disable_l7_retry, backends = {} } = options
  const { connections, timeouts, outcomes } = retry_on
  if (!connections && !repeats(retry_on)) return ['tries nothing again: a server that fails once has failed']
  if (retries === 0) return []
  // A map of hashes names the same server again.
  const free = [options, ...Object.values(backends)].some(
    ({ balance, hash_type = options.hash_type }) => !hashes(balance.by) || hash_type === 'consistent',
  )
  const elsewhere = redispatch !== null && several && free
  const failures = [
    ...(outcomes.includes(Outcome.reset) ? ['no answer'] : []),
    ...(timeouts ? ['none in time'] : []),
    ...outcomes.filter((outcome) => outcome !== Outcome.reset).map((outcome) => outcomeNames[outcome]!),
  ]
  const but = disable_l7_retry === undefined ? '' : `, but for ${listed(disable_l7_retry.names)}`
  const where = several && redispatch === null ? ' to the same server' : ''
  return [
    ...(elsewhere && connections ? ['tries another one when a server takes no connection'] : []),
    ...(connections ? [] : ['gives up when a server takes no connection']),
    ...(failures.length === 0
      ? []
      : [
          `sends what got ${listed(failures, 'or')} again${where}, ${counting(retries, 'time')} at most${but}`,
        ]),
  ]
}

/** Whom it turns away for coming too often. */
function ratesTold({ stick_table }: Options): string[] {
  if (stick_table === undefined) return []
  const { http_req_rate, conn_rate, gt, deny_status } = stick_table
  return http_req_rate === undefined
    ? [`closes the connections of an address that opens more than ${gt} in ${timeSaid(conn_rate!)}`]
    : [
        `answers ${deny_status} to an address that asks more than ${counting(gt, 'time')} in ${timeSaid(http_req_rate)}`,
      ]
}

/** Whom it keeps with the server that answered. */
const cookiesTold = ({ cookie, backends = {} }: Options): string[] =>
  [...new Set([cookie, ...Object.values(backends).map((own) => own.cookie)])].flatMap((name) =>
    name === undefined
      ? []
      : [`sends who comes again to the server that answered before, by a cookie (${name}), while that is up`],
  )

/** What becomes of requests to a server that is marked down. */
function cutsTold(cuts: readonly boolean[]): string[] {
  if (!cuts.includes(true)) return []
  return [
    cuts.includes(false)
      ? 'cuts what is under way to some of the servers when they are marked down'
      : 'cuts what is under way to a server when that is marked down',
  ]
}

/** How long one that comes back is spared. */
function slowTold(seconds: readonly number[]): string[] {
  const slow = seconds.filter((own) => own > 0)
  if (slow.length === 0) return []
  const every = slow.length === seconds.length && slow.every((own) => own === slow[0])
  return [
    every
      ? `gives a server that comes back its share little by little, over ${timeSaid(slow[0]!)}`
      : 'gives some of the servers, when they come back, their share little by little',
  ]
}

/** Where what goes to a backend ends up. */
function sendsTold(what: string, { servers, balance }: Pick<Options, 'servers' | 'balance'>): string {
  const names = servers.map(({ name }) => name.name)
  return names.length > 1
    ? `sends ${what} to one of ${listed(names, 'or')} (${WAYS[balance.by] ?? `by ${balance.by}`})`
    : `passes ${what} on to ${names[0]}`
}

const ACTIONS: Readonly<Record<Answer['action'], (status: number) => string>> = {
  answer: (status) => `answers ${status}`,
  tarpit: (status) => `keeps waiting, and then answers ${status},`,
  'silent-drop': () => 'says nothing',
}

/** What it answers itself. */
const answersTold = ({ http_request = {} }: Options): string[] =>
  Object.entries(http_request).map(
    ([name, { action, status }]) => `${ACTIONS[action](status)} to ${name} itself`,
  )
