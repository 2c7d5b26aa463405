import * as z from 'zod'
import { fromFile } from '../../options/files.js'
import { readCall, type Signature } from '../../options/signature.js'
import { mapOf, text } from '../../options/texts.js'
import {
  bandwidth,
  count,
  duration,
  flag,
  limit,
  numberAbove,
  oneOf,
  ref,
  share,
  size,
  timeout,
} from '../../options/types.js'
import { parseDuration, parseFactor, Unreadable } from '../../options/units.js'
import { retryOptions } from '../../parts/retry-policy.js'
import { arrivals } from '../../traffic/arrivals.js'
import { closed } from '../../traffic/closed.js'
import { type Profile, profiles, steps } from '../../traffic/profile.js'
import type { Document, Path } from '../document.js'
import { recordingOf } from '../replay.js'
import { requestsEach, type UsersSpec } from '../scenario.js'
import type { Known } from './known.js'
import { parseNaming } from './naming.js'
import { recordedMix } from './recordings.js'
import type { Given } from './top.js'

/** The request class of users without a `mix`. */
const ONLY_CLASS = 'request'

/** What `read` makes of what is given; what it throws (`Unreadable`) is what was expected. */
const reading =
  <Text, T>(read: (given: Text) => T) =>
  (given: Text, ctx: z.RefinementCtx): T => {
    try {
      return read(given)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      ctx.addIssue({ code: 'custom', message: `expected ${error.message}` })
      return z.NEVER
    }
  }

const factors = mapOf(z.union([text(), z.number()], { error: 'expected a factor such as 300% or 3' }))

const profile = z
  .union([text(), factors], {
    error: 'expected a profile such as ramp(300%), or a map from time to factor',
  })
  .transform(
    reading((given): Profile => {
      if (typeof given === 'string') return fromFile((files) => readCall('a profile', profiles, given, files))
      if (Object.keys(given).length === 0) throw new Unreadable('at least one time and its factor')
      const points = Object.entries(given).map(([at, f]) => [parseDuration(at), parseFactor(f)] as const)
      return steps(points.sort((a, b) => a[0] - b[0]))
    }),
  )

/** Open processes say who comes when; `closed` how many ask and think. */
const processes: readonly Signature<UsersSpec['arrive']>[] = [
  ...arrivals.map((signature) => ({
    ...signature,
    make: (...args: unknown[]) => ({ open: signature.make(...args) }),
  })),
  closed,
]

const arrive = text('expected an arrival process such as poisson(200/s)').transform(
  reading((text) => ({
    text,
    process: fromFile((files) => readCall('an arrival process', processes, text, files)),
  })),
)

/** Connections to a host that Chrome and Firefox open; RFC 9112, 9.4 gives no number. */
const BROWSERS = 6

const page = z
  .strictObject({
    assets: count(1, 1000).describe('requests that belong to a page, beside the page itself'),
    class: text('expected a request class')
      .refine((name) => name !== '', 'expected a request class')
      .prefault('static')
      .meta({ type: 'class' })
      .describe('their request class'),
    http: z
      .union([text(), z.number()])
      .transform(String)
      .pipe(oneOf('1.1', '2'))
      .prefault('1.1')
      .meta({ type: '1.1 | 2' })
      .describe('1.1: each connection carries one request at a time; 2: one carries all, 100 at a time'),
    connections: count(1, 100)
      .optional()
      .describe(`with 1.1: connections over which a page is loaded, its own among them; default ${BROWSERS}`),
  })
  .refine((o) => o.http === '1.1' || o.connections === undefined, {
    path: ['connections'],
    error: 'is for http: 1.1: with 2 there is one',
  })
  .transform((o) => ({ ...o, connections: o.connections ?? BROWSERS }))

const addresses = z.strictObject({
  count: count(1, 1_000_000).describe('how many there are; of who comes it is chance which is his'),
  zipf: numberAbove(0, 10).optional().describe('exponent of how often each asks; default: all alike'),
})

const objects = z.strictObject({
  count: count(1, 10_000_000).describe('how many there are'),
  zipf: numberAbove(0, 10).prefault(0.8).describe('exponent of their popularity'),
})

/** What `users:` entries can say. */
export const usersOptions = z.strictObject({
  arrive: arrive
    .meta({ type: 'arrival process' })
    .describe('who comes when: an open process, or closed(users, think)'),
  profile: profile.optional().meta({ type: 'profile' }).describe('how the rate changes over time'),
  to: ref().describe('the component that they call'),
  timeout: timeout().prefault('none').describe('patience of one try, from sending to the answer'),
  ...retryOptions,
  mix: mapOf(share()).optional().meta({ type: 'shares' }).describe('shares of the request classes'),
  requests_per_connection: limit(1)
    .optional()
    .describe(
      'requests that a connection carries in the mean; default as the box says at which it ends, else 1',
    ),
  keepalive: duration()
    .prefault('0s')
    .describe(
      'how long a visitor leaves an idle connection open, where it takes up a place (maxconn); 0s: he closes it',
    ),
  tcp_syn_linear_timeouts: count(0, 127)
    .prefault(0)
    .describe(
      'of their machines: SYNs sent again after a second each, before the waits double: 4 from Linux 6.5 on',
    ),
  bandwidth: bandwidth()
    .optional()
    .describe('of the line that each visitor has to himself, each way; default no bound'),
  receive_buffer: size()
    .optional()
    .describe(
      'of their machines (SO_RCVBUF): what it takes of an answer holds nobody up who is sending; default 128 KiB (net.ipv4.tcp_rmem)',
    ),
  page: page
    .optional()
    .meta({ type: 'options' })
    .describe('each visit is a page with its assets, as browsers load it; default: one request'),
  scheme: oneOf('http', 'https')
    .optional()
    .describe(
      'http: they come in clear, also where TLS ends (port 80); https: over TLS; default as the box speaks',
    ),
  addresses: addresses
    .optional()
    .meta({ type: 'options' })
    .describe(
      'addresses that they come from, by which boxes tell visitors apart; default: each who comes has one of his own',
    ),
  objects: objects
    .optional()
    .meta({ type: 'options' })
    .describe(
      'objects of the site that they ask for, the same for all classes and all users: what boxes hash by URI, and caches with keys: visitors keep; default: each asks for another',
    ),
  malicious: flag().prefault(false).describe('attackers: what firewalls filter; kept apart in the results'),
})

/**
 * Gives the users that are sound, in the order of the file: they call a component that is there, and the shares of
 * their request classes add up to 1.
 */
export function checkUsers(document: Document, given: Given, known: Known): UsersSpec[] {
  if (known.users.length === 0 && document.isMap(['users']))
    document.complain(['users'], 'expected at least one kind of users')
  return Object.entries(given.users).flatMap(([who, value]): UsersSpec[] => {
    const at: Path = ['users', who]
    const options = parseNaming(document, usersOptions, value, at, known)
    // Told whatever else is wrong with the entry.
    const mix = checkMix(document, (value as { mix?: unknown } | null)?.mix, at)
    if (options === null) return []
    const { arrive, to, profile, ...rest } = options
    if (!('open' in arrive.process) && profile)
      document.complain([...at, 'profile'], 'closed users have no rate that a profile could change')
    const { process, text } = arrive
    const recording = recordingOf({ arrive: process })
    const visits = recording?.classes
      ? recordedMix(document, recording, recording.classes, options.mix ? mix : null, at)
      : mix
    return [
      {
        ...rest,
        name: who,
        arrive: process,
        arriveText: text,
        profile: profile ?? null,
        to: to.name,
        mix: withAssets(visits, options.page),
        drawn: mix,
      },
    ]
  })
}

/** Shares in all requests, of what is asked for in shares of the visits. */
function withAssets(
  visits: ReadonlyMap<string, number>,
  page: UsersSpec['page'],
): ReadonlyMap<string, number> {
  if (page === undefined) return visits
  const each = requestsEach({ page })
  const shares = new Map([...visits].map(([name, share]) => [name, share / each]))
  return shares.set(page.class, (shares.get(page.class) ?? 0) + page.assets / each)
}

function checkMix(document: Document, given: unknown, at: Path): Map<string, number> {
  const shares = usersOptions.shape.mix.safeParse(given).data
  const mix = new Map(Object.entries(shares ?? { [ONLY_CLASS]: 1 }))
  const sum = [...mix.values()].reduce((a, b) => a + b, 0)
  if (Math.abs(sum - 1) > 1e-9)
    document.complain([...at, 'mix'], `expected shares that add up to 100%, not ${+(sum * 100).toFixed(4)}%`)
  return mix
}

/** The request classes, in the order in which the users name them. */
export const classesOf = (users: readonly UsersSpec[]): string[] => [
  ...new Set(users.flatMap(({ mix }) => [...mix.keys()])),
]
