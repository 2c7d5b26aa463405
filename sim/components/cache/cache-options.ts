import * as z from 'zod'
import {
  classNames,
  count,
  countOr,
  flag,
  numberAbove,
  oneOf,
  ref,
  servicePerClass,
  share,
  timeout,
} from '../../options/types.js'
import { POLICIES } from './redis-store.js'

/** What the origin meets, or what is done, when an old object will do. */
const STALE = ['error', 'timeout', 'updating', 'http_500', 'http_502', 'http_503', 'http_504'] as const
export type Stale = (typeof STALE)[number]

export const cacheOptions = z
  .strictObject({
    origin: ref().describe('what answers when the cache does not'),
    connect_timeout: timeout().prefault('60s').describe('for the connection to the origin, then 504'),
    read_timeout: timeout().prefault('60s').describe('for the answer of the origin, then 504'),
    service: servicePerClass().prefault('0s').describe('CPU time of a lookup'),
    threads: count(1, 1024).prefault(1).describe('lookups at a time; Redis has one command thread'),
    hit_ratio: share().optional().describe('share of the lookups that hit, independent of history'),
    keys: countOr('visitors', 1, 10_000_000)
      .optional()
      .describe(
        'objects that are asked for, instead of hit_ratio; visitors: those that they ask for (objects: of users)',
      ),
    zipf: numberAbove(0).optional().describe('exponent of their popularity; default 0.8'),
    size: count(1, 10_000_000)
      .optional()
      .describe(
        'objects that it holds: the least recently used one goes, unless maxmemory_policy says otherwise; default all keys',
      ),
    ttl: timeout().optional().describe('how long an object is good, from when it was stored; default none'),
    inactive: timeout()
      .optional()
      .describe(
        'how long it keeps an object that nobody asks for (proxy_cache_path inactive of nginx); default none',
      ),
    maxmemory_policy: oneOf(...POLICIES)
      .optional()
      .describe(
        'which object goes where there is no room, as Redis has it (there the default is noeviction); default: the one least recently used',
      ),
    maxmemory_samples: count(1, 64)
      .optional()
      .describe(
        'objects that it looks at, at random, for the one to go (maxmemory-samples of Redis); default 5',
      ),
    starts: oneOf('warm', 'cold')
      .optional()
      .describe(
        'what it holds when a run begins: what a long time of this load leaves in it, or nothing; default warm',
      ),
    coalesce: flag()
      .optional()
      .describe('one request to the origin for all that miss the same key; default off'),
    lock: flag()
      .optional()
      .describe(
        'one request at a time for an object that is not there yet; the others look again every 500 ms (proxy_cache_lock of nginx); default off',
      ),
    lock_timeout: timeout()
      .optional()
      .describe(
        'how long they wait; then each asks the origin itself, and its answer is not stored (proxy_cache_lock_timeout); default 5s',
      ),
    lock_age: timeout()
      .optional()
      .describe(
        'after which one more is sent to the origin if no answer is there (proxy_cache_lock_age); default 5s',
      ),
    use_stale: z
      .array(oneOf(...STALE), { error: `expected a list of: ${STALE.join(', ')}` })
      .min(1, 'expected conditions')
      .optional()
      .meta({ type: 'conditions' })
      .describe(
        `when an object that is no longer good (ttl:) is given nevertheless (proxy_cache_use_stale of nginx): ${STALE.join(', ')}; updating: while it is fetched anew; default never`,
      ),
    background_update: flag()
      .optional()
      .describe(
        'who finds an object that is no longer good gets it at once, and a request of the cache’s own fetches it anew (proxy_cache_background_update of nginx); needs updating in use_stale; default off',
      ),
    uncached: classNames().prefault(['write']).describe('request classes that go past the cache'),
  })
  .refine(
    (o) => (o.hit_ratio === undefined) !== (o.keys === undefined),
    'expected either hit_ratio: or keys:',
  )

export type CacheOptions = z.output<typeof cacheOptions>

/** What is said of objects of its own. */
const OF_ITS_OWN = ['zipf', 'starts'] as const
/** What is said of the objects, where it knows which. */
const OF_KEYS = [
  'zipf',
  'size',
  'ttl',
  'inactive',
  'maxmemory_policy',
  'starts',
  'coalesce',
  'lock',
  'use_stale',
] as const
/** What nginx says of its store, and Redis does not. */
const OF_NGINX = ['inactive', 'lock', 'use_stale'] as const
/** What is said of the lock. */
const OF_LOCK = ['lock_timeout', 'lock_age'] as const

type Misfit = { path: string[]; message: string }

/** What of the options does not fit together. */
export const misfitsOf = (options: CacheOptions): Misfit[] => [
  ...OF_ITS_OWN.flatMap((name) =>
    options.keys === 'visitors' && options[name] !== undefined && options[name] !== 'cold'
      ? [
          {
            path: [name],
            message:
              'is for keys: of its own: with keys: visitors it begins cold, and users say what is popular',
          },
        ]
      : [],
  ),
  ...(options.use_stale !== undefined && options.ttl === undefined
    ? [{ path: ['use_stale'], message: 'nothing gets old: expected ttl: beside it' }]
    : []),
  ...OF_NGINX.filter((name) => options.maxmemory_policy !== undefined && options[name]).map((name) => ({
    path: [name],
    message: 'is of nginx, and maxmemory_policy: of Redis: expected one of the two',
  })),
  ...policyMisfits(options),
  ...(options.background_update && !options.use_stale?.includes('updating')
    ? [
        {
          path: ['background_update'],
          message: 'nobody gets what is old meanwhile: expected updating in use_stale: beside it',
        },
      ]
    : []),
  ...(options.lock && options.coalesce
    ? [{ path: ['lock'], message: 'is another way to wait than coalesce: expected one of the two' }]
    : []),
  ...OF_LOCK.filter((name) => !options.lock && options[name] !== undefined).map((name) => ({
    path: [name],
    message: 'nobody waits: expected lock: on beside it',
  })),
  ...OF_KEYS.filter((name) => options.hit_ratio !== undefined && options[name] !== undefined).map((name) => ({
    path: [name],
    message: 'is about the objects of keys:, and with hit_ratio: none are told apart',
  })),
]

function policyMisfits(options: CacheOptions): Misfit[] {
  const {
    maxmemory_policy: policy,
    maxmemory_samples: samples,
    size,
    ttl = Number.POSITIVE_INFINITY,
  } = options
  const looks = policy !== undefined && /lru$|ttl$/.test(policy)
  return [
    ...(samples !== undefined && !looks
      ? [
          {
            path: ['maxmemory_samples'],
            message: 'nobody looks: expected a maxmemory_policy: of lru or ttl beside it',
          },
        ]
      : []),
    ...(policy !== undefined && size === undefined && options.hit_ratio === undefined
      ? [{ path: ['maxmemory_policy'], message: 'there is room for all: expected size: beside it' }]
      : []),
    ...(policy === 'volatile-ttl' && !Number.isFinite(ttl)
      ? [{ path: ['maxmemory_policy'], message: 'nothing expires: expected ttl: beside it' }]
      : []),
  ]
}
