import type { Deadlines } from '../../kernel/deadlines.js'
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
import { type CacheOptions, cacheOptions, misfitsOf, type Stale } from './cache-options.js'
import { CacheLock } from './lock.js'
import { Lru } from './lru.js'
import { type Limits, playPast, rememberPast } from './past.js'
import { RedisStore } from './redis-store.js'
import type { Store } from './store.js'

/** Seconds. */
const NEVER = Number.POSITIVE_INFINITY

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

  constructor(site: Site, options: CacheOptions) {
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

  private storeOf(site: Site, options: CacheOptions, limits: Limits): Store {
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
  aliases: ['memcached', 'memcache', 'varnish', 'squid', 'cdn'],
  icon: 'M10.5 1.5l-7 9h5l-1 6l7-9h-5z',
  buffers: () => true,
  example: `
    cache: { kind: cache, origin: store, service: 0.1ms, keys: 2000, size: 500, coalesce: on, read_timeout: 5s }
    store: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: cacheOptions,
  cores: (options) => options.threads,
  readsObjects: ({ keys }) => keys === 'visitors',
  misfits: ({ options }) => misfitsOf(options),
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
