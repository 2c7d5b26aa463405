import type { Uniforms } from '../../random/stream.js'
import type { Store } from './store.js'

/** What goes where there is no room, as Redis names it (maxmemory-policy). */
export const POLICIES = [
  'noeviction',
  'allkeys-lru',
  'volatile-lru',
  'allkeys-random',
  'volatile-random',
  'volatile-ttl',
] as const
export type Policy = (typeof POLICIES)[number]

/** Candidates to go that it remembers: EVPOOL_SIZE. */
const POOL = 16

/** Seconds: LRU_CLOCK_RESOLUTION. */
const CLOCK = 1

/** Keys, when each was used last, and when it expires: seconds from the start of the run; what is there, where it has a number. */
export type Contents = readonly {
  readonly key: number
  readonly used: number
  readonly expires: number
  readonly value?: number
}[]

interface Candidate {
  readonly key: number
  /** The more, the sooner it goes. */
  readonly idle: number
}

/**
 * Which of n keys a Redis holds that has room for `size`. It does not know which was used least recently: with each that
 * has to go it looks at a few at random (maxmemory-samples), to the second, remembers the sixteen best candidates as they
 * were when it saw them, and the best that is still there goes. With `noeviction` none goes, and nothing is stored until
 * one has expired. `volatile-` policies take those alone that expire: here all do, or none.
 * Source: evict.c of Redis (evictionPoolPopulate, performEvictions), redis.conf (maxmemory-samples 5); hit ratios and
 * the error OOM of a SET, while a GET goes on, measured on Redis 7.0.15.
 * Assumptions: objects are of one size; those that have expired are gone (active-expire-cycle goes after a part of them
 * ten times a second); a sample is independent draws (dictGetSomeKeys takes neighbours).
 */
export class RedisStore implements Store {
  private readonly expires: Float64Array
  private readonly used: Float64Array
  /** Those that it holds, in no order, and where each is there; -1: nowhere. */
  private readonly list: Int32Array
  private readonly place: Int32Array
  private held = 0
  /** The same in the order in which they were stored, which is that of expiry. */
  private readonly later: Int32Array
  private readonly earlier: Int32Array
  private first = -1
  private last = -1
  /** The best comes last. */
  private readonly pool: Candidate[] = []

  constructor(
    keys: number,
    private readonly size: number,
    private readonly ttl: number,
    private readonly policy: Policy,
    private readonly samples: number,
    private readonly stream: Uniforms,
  ) {
    this.expires = new Float64Array(keys)
    this.used = new Float64Array(keys)
    this.list = new Int32Array(size)
    this.place = new Int32Array(keys).fill(-1)
    this.later = new Int32Array(keys).fill(-1)
    this.earlier = new Int32Array(keys).fill(-1)
  }

  touch(key: number, now: number): boolean {
    this.expire(now)
    if (!this.has(key)) return false
    this.used[key] = now
    return true
  }

  has(key: number): boolean {
    return this.place[key]! >= 0
  }

  put(key: number, now: number): boolean {
    this.expire(now)
    if (this.has(key)) this.remove(key)
    if (this.held === this.size && !this.evict(now)) return false
    this.hold(key, now, now + this.ttl)
    return true
  }

  hold(key: number, used: number, expires: number): void {
    this.used[key] = used
    this.expires[key] = expires
    this.place[key] = this.held
    this.list[this.held++] = key
    // What a run begins with comes in the order of use, not of expiry.
    let before = this.last
    while (before >= 0 && this.expires[before]! > expires) before = this.earlier[before]!
    this.linkAfter(before, key)
  }

  /** `key` is deleted. */
  drop(key: number): void {
    if (this.has(key)) this.remove(key)
  }

  /** What it holds, as a file would have it: in the order of expiry. */
  contents(): Contents {
    const contents = []
    for (let key = this.first; key >= 0; key = this.later[key]!)
      contents.push({ key, used: this.used[key]!, expires: this.expires[key]! })
    return contents
  }

  /** Holds what a file has and has not expired by `now`, and nothing else. */
  restore(contents: Contents, now: number): void {
    this.clear()
    for (const { key, used, expires } of contents) if (expires > now) this.hold(key, used, expires)
  }

  clear(): void {
    while (this.held > 0) this.remove(this.list[this.held - 1]!)
    this.pool.length = 0
  }

  private expire(now: number): void {
    while (this.first >= 0 && this.expires[this.first]! <= now) this.remove(this.first)
  }

  private evict(now: number): boolean {
    const { policy } = this
    if (policy === 'noeviction') return false
    if (policy.startsWith('volatile-') && this.ttl === Number.POSITIVE_INFINITY) return false
    this.remove(policy.endsWith('-random') ? this.any() : this.best(now))
    return true
  }

  private any(): number {
    return this.list[Math.floor(this.stream.next() * this.held)]!
  }

  private best(now: number): number {
    for (;;) {
      for (let i = Math.min(this.samples, this.held); i > 0; i--) this.consider(this.any(), now)
      for (let one = this.pool.pop(); one !== undefined; one = this.pool.pop())
        if (this.has(one.key)) return one.key
    }
  }

  private consider(key: number, now: number): void {
    const { pool } = this
    const idle = this.policy === 'volatile-ttl' ? -this.expires[key]! : tick(now) - tick(this.used[key]!)
    let k = 0
    while (k < pool.length && pool[k]!.idle < idle) k++
    if (pool.length < POOL) pool.splice(k, 0, { key, idle })
    else if (k > 0) {
      pool.shift()
      pool.splice(k - 1, 0, { key, idle })
    }
  }

  private remove(key: number): void {
    const last = this.list[--this.held]!
    this.list[this.place[key]!] = last
    this.place[last] = this.place[key]!
    this.place[key] = -1
    const earlier = this.earlier[key]!
    const later = this.later[key]!
    if (earlier >= 0) this.later[earlier] = later
    else this.first = later
    if (later >= 0) this.earlier[later] = earlier
    else this.last = earlier
  }

  private linkAfter(before: number, key: number): void {
    const later = before >= 0 ? this.later[before]! : this.first
    this.earlier[key] = before
    this.later[key] = later
    if (before >= 0) this.later[before] = key
    else this.first = key
    if (later >= 0) this.earlier[later] = key
    else this.last = key
  }
}

const tick = (seconds: number): number => Math.floor(seconds / CLOCK)
