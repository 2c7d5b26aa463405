import { forSoLong, HalfOpen, type Others } from '../../parts/half-open.js'
import type { Limit } from '../../parts/limit.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'

/**
 * The connection tracking table of Linux. An entry stays while its connection lives and for a while after its end
 * (TIME_WAIT); a connection that finds no place is not tracked, and its packets are dropped.
 *
 * Entries of ended connections expire in the order of their ends: a ring of times, read when a place is asked for.
 */
export class Conntrack implements Others {
  /** Living connections. */
  private readonly living = new Level()
  /** Connections that ended in the measured span, and when that began. */
  private endings = 0
  private times = new Float64Array(16)
  private head = 0
  private ended = 0
  /** Those of floods of SYNs, once there was one. */
  private flood: HalfOpen | null = null

  /**
   * @param places entries at most; `Infinity`: nothing is tracked
   * @param linger seconds that an entry stays after the end of its connection
   */
  constructor(
    readonly places: number,
    private readonly linger: number,
  ) {}

  /** Entries, of living and of ended connections. */
  entries(now: number): number {
    this.flood?.advance(now)
    return this.used(now) + (this.flood?.level.value ?? 0)
  }

  used(now: number): number {
    while (this.ended > 0 && this.times[this.head]! <= now) {
      this.head = (this.head + 1) & (this.times.length - 1)
      this.ended--
    }
    return this.living.value + this.ended
  }

  get nextEnd(): number {
    return this.ended > 0 ? this.times[this.head]! : Number.POSITIVE_INFINITY
  }

  /**
   * From now on SYNs come at that rate that nobody completes, and have `most` entries at most.
   * @param stay seconds that each has an entry
   */
  floods(now: number, rate: number, most: number, stay: number, draws: Stream): void {
    if (this.places === Number.POSITIVE_INFINITY) return
    this.flood ??= new HalfOpen(this.places, forSoLong(stay), draws, this)
    this.flood.flood(now, rate, most)
  }

  /** Whether most of its entries are of connections that have ended, or never were. */
  get lingers(): boolean {
    return this.ended + (this.flood?.level.value ?? 0) > this.living.value
  }

  /**
   * Entries of connections that ended before time 0, evenly at `rate` per second; as many as there is room for.
   * @param phase share of a gap from the start until the first of them goes
   */
  remember(rate: number, phase: number): void {
    const entries =
      this.places === Number.POSITIVE_INFINITY
        ? 0
        : Math.min(this.places, Math.floor(rate * this.linger + phase))
    for (let i = 0; i < entries; i++) this.keep(((i + phase) / entries) * this.linger)
  }

  /** Takes an entry for a new connection; false if there is none. */
  open(now: number): boolean {
    if (this.places < Number.POSITIVE_INFINITY && this.entries(now) >= this.places) return false
    this.living.add(now, 1)
    return true
  }

  /** A connection ended: its entry stays for a while. */
  close(now: number): void {
    this.flood?.advance(now)
    this.living.add(now, -1)
    this.endings++
    if (this.places < Number.POSITIVE_INFINITY) this.keep(now + this.linger)
  }

  private keep(until: number): void {
    if (this.ended === this.times.length) this.grow()
    this.times[(this.head + this.ended++) & (this.times.length - 1)] = until
  }

  /** A connection that was not let through leaves no entry. */
  discard(now: number): void {
    this.flood?.advance(now)
    this.living.add(now, -1)
    this.flood?.freed(now)
  }

  clear(now: number): void {
    this.living.set(now, 0)
    this.ended = 0
    this.flood?.clear(now)
  }

  /** The measured span begins. */
  restart(now: number): void {
    this.living.restart(now)
    this.flood?.advance(now)
    this.flood?.level.restart(now)
    this.endings = 0
  }

  /**
   * Its entries, as they are in the long run: living connections, half open ones, and those that end in a second times the seconds
   * that each of these stays (Little's law).
   */
  get limits(): readonly Limit[] {
    const { places, linger } = this
    if (places === Number.POSITIVE_INFINITY) return []
    const used = (now: number) => {
      const span = this.living.span(now)
      this.flood?.advance(now)
      const half = this.flood?.level.mean(now) ?? 0
      return Math.min(places, this.living.mean(now) + half + (span > 0 ? (this.endings / span) * linger : 0))
    }
    return [{ says: 'connection table (nf_conntrack_max)', capacity: places, used }]
  }

  private grow(): void {
    const size = this.times.length
    const times = new Float64Array(size * 2)
    for (let i = 0; i < size; i++) times[i] = this.times[(this.head + i) & (size - 1)]!
    this.times = times
    this.head = 0
  }
}
