/** Seconds between two looks of who waits: the timer of ngx_http_file_cache_lock. */
const LOOK = 0.5
/** Seconds: looks, which add up to the timeout, meet it but for rounding. */
const ROUNDING = 1e-6

interface Held {
  readonly turn: number
  /** Seconds from the start: from here on one more may take it. */
  readonly until: number
}

/**
 * Who may fetch an object that is not there yet: one at a time, and one more each `age` seconds. Others wait for at most
 * `timeout` seconds, and look every 500 ms whether the lock is free; a wait thus ends at a look, not between two.
 * Source: ngx_http_file_cache_lock, _lock_wait, _update and _free of nginx; as measured on 1.22.1.
 */
export class CacheLock {
  private readonly held = new Map<number, Held>()
  private turns = 0

  constructor(
    readonly timeout: number,
    private readonly age: number,
  ) {}

  /** Takes the lock of `object`, and returns the number of this turn; 0 while another has it. */
  take(object: number, now: number): number {
    if (this.left(object, now) > 0) return 0
    this.held.set(object, { turn: ++this.turns, until: now + this.age })
    return this.turns
  }

  /** Seconds for which nobody else may take the lock of `object`; 0: it is free. */
  left(object: number, now: number): number {
    const held = this.held.get(object)
    return held === undefined ? 0 : Math.max(0, held.until - now)
  }

  /** Seconds to the next look of who has `left` seconds to wait. */
  pause(left: number): number {
    return Math.min(LOOK, left)
  }

  /** Whether who waits until `until` has waited long enough. */
  gaveUp(until: number, now: number): boolean {
    return until - now < ROUNDING
  }

  /** `object` is there. */
  stored(object: number): void {
    this.held.delete(object)
  }

  /** The fetch of this `turn` failed: its lock is free, unless another has taken it meanwhile. */
  failed(object: number, turn: number): void {
    if (this.held.get(object)?.turn === turn) this.held.delete(object)
  }

  clear(): void {
    this.held.clear()
  }
}
