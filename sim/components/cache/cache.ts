import * as z from 'zod'
import type { Deadlines } from '../../kernel/deadlines.js'
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
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import { Zipf } from '../../random/zipf.js'
import { CacheLock } from './lock.js'
import { Lru } from './lru.js'
import { type Limits, playPast, rememberPast } from './past.js'
import { POLICIES, RedisStore } from './redis-store.js'
import type { Store } from './store.js'

/** What the origin meets, or what is done, when an old object will do. */
const STALE = ['error', 'timeout', 'updating', 'http_500', 'http_502', 'http_503', 'http_504'] as const
type Stale = (typeof STALE)[number]

const cacheOptions = z
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

/** Seconds. */
const NEVER = Number.POSITIVE_INFINITY

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

/**
 * What it notes on a request: the object that it asks for, by its rank in popularity, -1 for none; its turn to fetch it
 * (`CacheLock`), or one of the below; and until when it waits for that, seconds from the start.
 */
const visit = notes({ object: 'note1', turn: 'note2', until: 'moment' })
/** In place of a turn: waits for one. */
const WAITS = -1
/** In place of a turn: has waited for long enough. */
const ALONE = -2

/**
 * A cache in front of something slower (Redis, memcached, a caching proxy): hits are answered here, misses by the
 * origin, and then stored. A restart begins cold; a run begins
 * with what the load before has left here. A fetch goes on when its visitor gives up: others wait for it.
 * Source: nginx's ngx_http_proxy_module (proxy_connect_timeout and proxy_read_timeout 60s, proxy_cache_valid).
 */
class Cache extends Component {
  override readonly station: Station
  protected override readonly slots = 'threads'
  private readonly service: Demand
  private readonly origin: Wire
  private readonly reading: Deadlines<Request> | null = null
  private readonly hitRatio: number | null
  private readonly draws: Stream
  private readonly popularity: Zipf | null = null
  private readonly store: Store | null = null
  private readonly coalesces: boolean
  private readonly lock: CacheLock | null = null
  private readonly uncached: ReadonlySet<number>
  /** Of the latest answer to each request class that it got: millionths of its size that packing had taken off. */
  private readonly packed: number[]
  /** Requests that wait for another's answer, by key. */
  private readonly waiting = new Map<number, Request[]>()
  private readonly useStale: ReadonlySet<Stale> | null
  /** Objects that are fetched anew, where others get what there is meanwhile. */
  private readonly updating: Set<number> | null
  /** Requests of its own that do that; null: who finds them old fetches them. */
  private readonly background: Set<Request> | null
  private hits = 0
  private misses = 0
  private stale = 0
  private unstored = 0

  constructor(site: Site, options: z.output<typeof cacheOptions>) {
    super(site)
    this.service = site.demand(options.service, 'service')
    this.uncached = new Set(options.uncached.names.map((name) => site.classes.indexOf(name)))
    this.origin = site.wire(options.origin.name, options.connect_timeout)
    if (Number.isFinite(options.read_timeout)) this.reading = this.timers(options.read_timeout, this.silent)
    this.hitRatio = options.hit_ratio ?? null
    this.draws = site.context.stream(site.role, 'key')
    if (options.keys !== undefined) {
      const own = options.keys !== 'visitors'
      const keys = options.keys === 'visitors' ? this.context.objects.count : options.keys
      const { size = keys, ttl = NEVER, inactive = NEVER } = options
      if (own) this.popularity = new Zipf(keys, options.zipf ?? 0.8)
      const limits = { keys, size, ttl, inactive }
      this.store = this.storeOf(site, options, limits)
      if (options.lock) this.lock = new CacheLock(options.lock_timeout ?? 5, options.lock_age ?? 5)
      if (own && options.starts !== 'cold') this.remember(site, limits)
    }
    this.coalesces = options.coalesce ?? false
    this.useStale = options.use_stale ? new Set(options.use_stale) : null
    this.updating = this.useStale?.has('updating') ? new Set() : null
    this.background = options.background_update ? new Set() : null
    this.packed = site.classes.map(() => 0)
    this.station = new Station(site.context, {
      servers: options.threads,
      places: Number.POSITIVE_INFINITY,
      begin: this.lookUp,
      probe: this.probe,
    })
  }

  private storeOf(site: Site, options: z.output<typeof cacheOptions>, limits: Limits): Store {
    const { keys, size, ttl, inactive } = limits
    const { maxmemory_policy: policy, maxmemory_samples: samples = 5 } = options
    if (policy === undefined)
      return new Lru(keys, size, ttl, inactive, options.use_stale !== undefined || options.lock)
    return new RedisStore(keys, size, ttl, policy, samples, site.context.stream(site.name, 'evicted'))
  }

  private remember({ context, role, expected }: Site, limits: Limits): void {
    const rate = expected.reduce((sum, one, i) => sum + (this.uncached.has(i) ? 0 : one), 0)
    const remembered = this.store instanceof Lru ? rememberPast : playPast
    remembered(this.store!, this.popularity!, rate, limits, context.stream(role, 'past'))
  }

  accept(request: Request): void {
    this.station.join(request)
  }

  private readonly lookUp = (request: Request): void =>
    this.run(request, this.service.of(request), this.found)

  private readonly found = (request: Request): void => {
    this.station.leave(request)
    if (request.health) {
      request.reply(Outcome.ok)
      return
    }
    if (this.uncached.has(request.class)) {
      request[visit.object] = -1
      this.ask(request)
      return
    }
    this.looked(request, this.hit(request))
  }

  private looked(request: Request, hit: boolean): void {
    if (hit) {
      this.hits++
      this.pack(request)
      request.reply(Outcome.ok)
      return
    }
    if (this.updating !== null && this.isUpdated(request, this.updating)) {
      this.stale++
      this.pack(request)
      request.reply(Outcome.ok)
      return
    }
    if (this.lock !== null && this.isLocked(request, this.lock)) return
    this.misses++
    this.fetch(request)
  }

  /** Whether `request` waits, since another fetches what it asks for; an object that is only old has no lock. */
  private isLocked(request: Request, lock: CacheLock): boolean {
    const object = request[visit.object]
    if (object < 0 || this.store!.has(object)) return false
    const { now } = this.context.kernel
    const turn = lock.take(object, now)
    if (turn > 0) {
      request[visit.turn] = turn
      return false
    }
    if (request[visit.turn] === ALONE) return false
    if (request[visit.turn] === 0) {
      request[visit.turn] = WAITS
      request[visit.until] = now + lock.timeout
    }
    this.wait(request, lock.pause(request[visit.until] - now), this.lookAgain)
    return true
  }

  private readonly lookAgain = (request: Request): void => {
    const lock = this.lock!
    const { now } = this.context.kernel
    const object = request[visit.object]
    if (lock.gaveUp(request[visit.until], now)) request[visit.turn] = ALONE
    else {
      const left = lock.left(object, now)
      if (left > 0) {
        this.wait(request, lock.pause(left), this.lookAgain)
        return
      }
    }
    this.looked(request, this.store!.touch(object, now))
  }

  /** Whether there is an old object that another request fetches anew; else this one does. */
  private isUpdated(request: Request, updating: Set<number>): boolean {
    const object = request[visit.object]
    if (object < 0 || !this.store!.has(object)) return false
    if (updating.has(object)) return true
    updating.add(object)
    if (this.background === null) return false
    this.update(request, this.background)
    return true
  }

  /** A request of its own asks for what `request` asks for, and nobody waits for it. */
  private update(request: Request, background: Set<Request>): void {
    const own = this.context.requests.take()
    own.follow(request)
    own.traced = false
    own.at = this.process
    own[visit.object] = request[visit.object]
    background.add(own)
    this.misses++
    this.ask(own)
  }

  private updated(own: Request): void {
    this.background!.delete(own)
    this.context.requests.release(own)
  }

  private hit(request: Request): boolean {
    const { store } = this
    if (store !== null && this.popularity === null) {
      request[visit.object] = this.context.objects.of(request)
      return request[visit.object] >= 0 && store.touch(request[visit.object], this.context.kernel.now)
    }
    request.visitorDraws(this.draws)
    if (store === null) return this.draws.next() < this.hitRatio!
    // One visitor asks for one object, also when he tries again.
    request[visit.object] = this.popularity!.sample(this.draws)
    return store.touch(request[visit.object], this.context.kernel.now)
  }

  private fetch(request: Request): void {
    if (this.coalesces && this.store !== null && request[visit.object] >= 0) {
      const others = this.waiting.get(request[visit.object])
      if (others !== undefined) {
        others.push(request)
        return
      }
      this.waiting.set(request[visit.object], [])
    }
    this.ask(request)
  }

  private ask(request: Request): void {
    const fetch = this.attempt(request)
    if (this.reading !== null) fetch.deadline = this.reading.set(fetch)
    this.origin.send(fetch)
  }

  override resume(request: Request, answer: Request): void {
    const silent = answer.outcome === Outcome.connectTimeout
    if (answer.outcome === Outcome.ok) this.packed[request.class] = answer.packed
    this.finish(request, silent ? Outcome.timeout : answer.outcome)
  }

  private readonly silent = (request: Request): void => this.finish(request, Outcome.timeout)

  /** What the visitor gets where the origin answers so, or not at all. */
  private told(object: number, met: Outcome): Outcome {
    if (met !== Outcome.ok && object >= 0 && this.useStale?.has(STALE_AT[met]!) && this.store!.has(object)) {
      this.stale++
      return Outcome.ok
    }
    return met === Outcome.timeout ? Outcome.gatewayTimeout : met
  }

  private finish(request: Request, met: Outcome): void {
    const object = request[visit.object]
    const outcome = this.told(object, met)
    if (object >= 0 && this.store !== null) {
      this.updating?.delete(object)
      if (met !== Outcome.ok) this.lock?.failed(object, request[visit.turn])
      else if (request[visit.turn] !== ALONE) {
        if (!this.store.put(object, this.context.kernel.now)) this.unstored++
        this.lock?.stored(object)
      }
      const others = this.waiting.get(object)
      if (others !== undefined) {
        this.waiting.delete(object)
        if (outcome !== met && outcome === Outcome.ok) this.stale += others.length
        // By an event each: what they do next must not nest.
        for (const other of others) {
          other.outcome = outcome
          this.pack(other)
          this.wait(other, 0, this.pass)
        }
      }
    }
    if (request.wire === null) {
      this.updated(request)
      return
    }
    this.pack(request)
    request.reply(outcome)
  }

  /** What it keeps is as small as it came. */
  private pack(request: Request): void {
    request.packed = this.packed[request.class]!
  }

  private readonly pass = (request: Request): void => request.reply(request.outcome)

  override crashed(): void {
    this.store?.clear()
    this.updating?.clear()
    this.lock?.clear()
    this.waiting.clear()
    for (const own of [...(this.background ?? [])]) {
      this.forget(own)
      this.updated(own)
    }
  }

  override restart(now: number): void {
    super.restart(now)
    this.hits = 0
    this.misses = 0
    this.stale = 0
    this.unstored = 0
  }

  override extra(): Record<string, number> {
    const lookups = this.hits + this.misses
    return {
      hits: this.hits,
      misses: this.misses,
      hit_ratio: lookups > 0 ? this.hits / lookups : Number.NaN,
      ...(this.useStale !== null && { stale: this.stale }),
      ...(this.store instanceof RedisStore && { unstored: this.unstored }),
    }
  }
}

type Misfit = { path: string[]; message: string }

function policyMisfits(options: z.output<typeof cacheOptions>): Misfit[] {
  const { maxmemory_policy: policy, maxmemory_samples: samples, size, ttl = NEVER } = options
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

const STALE_AT: Readonly<Partial<Record<Outcome, Stale>>> = {
  [Outcome.refused]: 'error',
  [Outcome.reset]: 'error',
  [Outcome.timeout]: 'timeout',
  [Outcome.internalError]: 'http_500',
  [Outcome.badGateway]: 'http_502',
  [Outcome.unavailable]: 'http_503',
  [Outcome.gatewayTimeout]: 'http_504',
}

export const cache = kind({
  kind: 'cache',
  says: 'answers hits itself: by a hit ratio, or least recently used over Zipf keys',
  aliases: ['redis', 'valkey', 'memcached', 'memcache', 'varnish', 'squid', 'cdn'],
  icon: 'M10.5 1.5l-7 9h5l-1 6l7-9h-5z',
  buffers: () => true,
  example: `
    cache: { kind: cache, origin: store, service: 0.1ms, keys: 2000, size: 500, coalesce: on, read_timeout: 5s }
    store: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: cacheOptions,
  cores: (options) => options.threads,
  misfits: ({ options }) => [
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
    ...OF_KEYS.filter((name) => options.hit_ratio !== undefined && options[name] !== undefined).map(
      (name) => ({
        path: [name],
        message: 'is about the objects of keys:, and with hit_ratio: none are told apart',
      }),
    ),
  ],
  counts: {
    hits: { unit: 'count', says: 'hits' },
    misses: { unit: 'count', says: 'misses' },
    hit_ratio: { unit: 'share', says: 'hit ratio' },
    stale: {
      unit: 'count',
      says: 'answered with what was no longer good (use_stale)',
      when: ({ options }) => options.use_stale !== undefined,
    },
    unstored: {
      unit: 'count',
      says: 'objects that it had no room to store (error OOM of Redis)',
      when: ({ options }) => options.maxmemory_policy !== undefined,
    },
  },
  build: (site, options) => new Cache(site, options),
})
