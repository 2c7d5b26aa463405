import type { Site } from '../../parts/kind.js'
import type { Request } from '../../parts/request.js'
import type { Stream } from '../../random/stream.js'
import { Zipf } from '../../random/zipf.js'
import { playPast, rememberByExpiry } from '../cache/past.js'
import { type Contents, RedisStore } from '../cache/redis-store.js'
import { Found } from './commands.js'
import type { RedisOptions } from './redis-options.js'

/** Seconds for which a lease is good. */
const LEASE = 10

/** No time. Seconds. */
const NEVER = Number.POSITIVE_INFINITY

/**
 * Which objects a Redis holds, and who may fetch what it does not hold.
 *
 * A lease: of those who miss an object one may fetch it; the others are told that there is one, for as long as it is
 * good or until the object is stored or deleted (Nishtala et al. 2013, Scaling Memcache at Facebook, 3.2.1: one token a
 * key every 10 s; with Redis it is SET NX EX 10 on a key beside).
 */
export class Keyspace {
  private readonly store: RedisStore
  private readonly popularity: Zipf | null = null
  private readonly draws: Stream
  private readonly leases = new Map<number, number>()
  /** By key: what was stored last, where it has a number. */
  private readonly values = new Map<number, number>()
  /** In the measured span. */
  hits = 0
  misses = 0

  constructor(
    private readonly site: Site,
    private readonly options: RedisOptions,
  ) {
    const { ttl = NEVER, maxmemory_policy: policy = 'noeviction', maxmemory_samples: samples = 5 } = options
    const { keys, size } = this
    if (options.keys !== 'visitors') this.popularity = new Zipf(keys, options.zipf ?? 0.8)
    this.draws = site.context.stream(site.role, 'key')
    this.store = new RedisStore(keys, size, ttl, policy, samples, site.context.stream(site.name, 'evicted'))
  }

  private get keys(): number {
    const { keys } = this.options
    return typeof keys === 'number' ? keys : this.site.context.objects.count
  }

  private get size(): number {
    return this.options.size ?? this.keys
  }

  /** What a long time of `rate` requests a second for an object leaves in it. */
  remember(rate: number): void {
    const { popularity, keys, size, site } = this
    if (popularity === null || this.options.starts === 'cold') return
    const limits = { keys, size, ttl: this.options.ttl ?? NEVER, inactive: NEVER }
    const stream = site.context.stream(site.role, 'past')
    const remembered = size < keys ? playPast : rememberByExpiry
    remembered(this.store, popularity, rate, limits, stream)
  }

  /** The object that `request` is about; -1: one that nobody else asks for. One visitor asks for one. */
  of(request: Request): number {
    if (this.popularity === null) return this.site.context.objects.of(request)
    request.visitorDraws(this.draws)
    return this.popularity.sample(this.draws)
  }

  /** @param leases whether who misses wants to know if another fetches it */
  get(key: number, now: number, leases: boolean): Found {
    if (key >= 0 && this.store.touch(key, now)) {
      this.hits++
      return Found.it
    }
    if (leases && key >= 0) {
      if (now < (this.leases.get(key) ?? 0)) return Found.lease
      this.leases.set(key, now + LEASE)
    }
    this.misses++
    return Found.nothing
  }

  /** What is there under `key`; 0 if it has no number. */
  valueOf(key: number): number {
    return this.values.get(key) ?? 0
  }

  /** False: there is no room. */
  set(key: number, now: number, value: number): boolean {
    this.leases.delete(key)
    if (key < 0) return true
    if (value !== 0 || this.values.size > 0) this.values.set(key, value)
    return this.store.put(key, now)
  }

  delete(key: number): void {
    this.leases.delete(key)
    if (key >= 0) this.store.drop(key)
  }

  contents(): Contents {
    const contents = this.store.contents()
    return this.values.size === 0
      ? contents
      : contents.map((one) => ({ ...one, value: this.valueOf(one.key) }))
  }

  /** Holds what a file has, and nothing else. */
  restore(contents: Contents, now: number): void {
    this.leases.clear()
    this.values.clear()
    for (const { key, value = 0 } of contents) if (value !== 0) this.values.set(key, value)
    this.store.restore(contents, now)
  }
}
