import type { Uniforms } from '../../random/stream.js'
import { exponential } from '../../random/ziggurat.js'
import type { Zipf } from '../../random/zipf.js'
import type { Store } from './store.js'

/** What bounds a store. */
export interface Limits {
  readonly keys: number
  readonly size: number
  /** Seconds. */
  readonly ttl: number
  readonly inactive: number
}

/**
 * Gives `store` what it holds after a long time of `rate` requests per second, at time `at`: the keys that were asked for
 * last. How long ago that was is exponential for each key (independent requests), so that the order is that of least
 * recently used exactly. The last request found a key of `ttl` stored at any age, or stored it: then, once in
 * 1 + rate x ttl requests for it. Exact for each limit alone; keys that go for want of room are taken to be as old as
 * others.
 */
export function rememberPast(
  store: Pick<Store, 'hold'>,
  popularity: Zipf,
  rate: number,
  limits: Limits,
  stream: Uniforms,
  at = 0,
): void {
  const { keys, size, ttl, inactive } = limits
  if (!(rate > 0)) return
  if (size === keys && ttl === Number.POSITIVE_INFINITY && inactive === Number.POSITIVE_INFINITY) {
    // Nothing ever goes.
    for (let key = keys - 1; key >= 0; key--) store.hold(key, at, at + ttl)
    return
  }
  const ages = Float64Array.from(
    { length: keys },
    (_, key) => exponential(stream) / (rate * popularity.share(key)),
  )
  const oldest = Float64Array.from(ages).sort()[size - 1]!
  const held: number[] = []
  for (let key = 0; key < keys; key++) if (ages[key]! <= oldest && ages[key]! < inactive) held.push(key)
  held.sort((a, b) => ages[b]! - ages[a]! || b - a)
  for (const key of held.slice(-size)) {
    const age = ages[key]!
    let left = ttl
    if (ttl < Number.POSITIVE_INFINITY) {
      const stored = stream.next() * (1 + rate * popularity.share(key) * ttl) < 1
      left = stored ? ttl : stream.next() * ttl
    }
    store.hold(key, at - age, at + left - age)
  }
}

/** The same for a store that keeps its objects in the order of expiry: one that comes out of it has to look for its place. */
export function rememberByExpiry(
  store: Pick<Store, 'hold'>,
  ...[popularity, rate, limits, stream, at]: Past
): void {
  const held: Parameters<Store['hold']>[] = []
  rememberPast({ hold: (...one) => held.push(one) }, popularity, rate, limits, stream, at)
  held.sort(([, , a], [, , b]) => (a === b ? 0 : a - b))
  for (const one of held) store.hold(...one)
}

type Past = [popularity: Zipf, rate: number, limits: Limits, stream: Uniforms, at?: number]

/** Requests that are played, times the size of the store, and at most. */
const TURNS = 20
const MOST = 1_000_000

/**
 * The same for a store that does not know which was used least recently: it begins with those, and goes on with
 * requests, one after the other at even distances, until what it holds is as its own rule leaves it.
 */
export function playPast(
  store: Store,
  popularity: Zipf,
  rate: number,
  limits: Limits,
  stream: Uniforms,
): void {
  if (!(rate > 0)) return
  const requests = Math.min(TURNS * limits.size, MOST)
  rememberByExpiry(store, popularity, rate, limits, stream, -requests / rate)
  for (let left = requests; left > 0; left--) {
    const key = popularity.sample(stream)
    if (!store.touch(key, -left / rate)) store.put(key, -left / rate)
  }
}
