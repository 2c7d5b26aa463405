import type { Store } from './store.js'

/**
 * Which of n keys a cache of `size` places holds: least recently used goes, nothing is good for longer than `ttl`
 * seconds after it was stored, and what nobody asks for in `inactive` seconds goes too. What is no longer good goes when
 * it is asked for, unless it keeps that. A doubly linked list in arrays.
 */
export class Lru implements Store {
  private readonly expires: Float64Array
  /** When it was last stored or asked for. */
  private readonly used: Float64Array
  private readonly newer: Int32Array
  private readonly older: Int32Array
  private newest = -1
  private oldest = -1
  private held = 0

  constructor(
    keys: number,
    private readonly size: number,
    private readonly ttl: number,
    private readonly inactive = Number.POSITIVE_INFINITY,
    private readonly keepsStale = false,
  ) {
    // Minus infinity: not held.
    this.expires = new Float64Array(keys).fill(Number.NEGATIVE_INFINITY)
    this.used = new Float64Array(keys)
    this.newer = new Int32Array(keys).fill(-1)
    this.older = new Int32Array(keys).fill(-1)
  }

  /** Whether it holds a good `key`, which then is the most recently used one. */
  touch(key: number, now: number): boolean {
    if (this.expires[key] === Number.NEGATIVE_INFINITY) return false
    const good = this.expires[key]! > now
    if ((!good && !this.keepsStale) || this.used[key]! + this.inactive <= now) {
      this.remove(key)
      return false
    }
    this.unlink(key)
    this.link(key)
    this.used[key] = now
    return good
  }

  /** Whether it holds `key`, good or not. */
  has(key: number): boolean {
    return this.expires[key] !== Number.NEGATIVE_INFINITY
  }

  put(key: number, now: number): boolean {
    if (this.expires[key] !== Number.NEGATIVE_INFINITY) this.remove(key)
    if (this.held === this.size) this.remove(this.oldest)
    this.hold(key, now, now + this.ttl)
    return true
  }

  /** Takes `key`, which it does not hold and has room for, as the most recently used one. */
  hold(key: number, used: number, expires: number): void {
    this.expires[key] = expires
    this.used[key] = used
    this.held++
    this.link(key)
  }

  clear(): void {
    while (this.oldest >= 0) this.remove(this.oldest)
  }

  private remove(key: number): void {
    this.unlink(key)
    this.expires[key] = Number.NEGATIVE_INFINITY
    this.held--
  }

  private link(key: number): void {
    this.older[key] = this.newest
    this.newer[key] = -1
    if (this.newest >= 0) this.newer[this.newest] = key
    else this.oldest = key
    this.newest = key
  }

  private unlink(key: number): void {
    const newer = this.newer[key]!
    const older = this.older[key]!
    if (newer >= 0) this.older[newer] = older
    else this.newest = older
    if (older >= 0) this.newer[older] = newer
    else this.oldest = newer
  }
}
