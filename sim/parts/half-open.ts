import { powerOfTwo } from '../arithmetic/elementary.js'
import type { Stream } from '../random/stream.js'
import { exponential } from '../random/ziggurat.js'
import { Level } from '../stats/level.js'

/** Who else has places where connections are half open. */
export interface Others {
  /** Places that they have at `time`, which never goes back. */
  used(time: number): number
  /** When one of them goes that time alone ends; `Infinity`: none. */
  readonly nextEnd: number
}

/** How long connections stay that nobody completes. */
interface Stay {
  /** Their ages, seconds, at which it is asked whether they go; at the last of them all do. */
  readonly ages: readonly number[]
  /**
   * Whether those go that have the age of that place.
   * @param there how many there are, @param young those of them that are below the first age
   */
  ends(place: number, there: number, young: number): boolean
}

/** All go at one age: entries of a connection table. */
export const forSoLong = (seconds: number): Stay => ({ ages: [seconds], ends: () => true })

/** SYN-ACKs that a listener sends again at least, whatever is in its queue. */
const FEWEST = 2

/**
 * The SYN queue of a listener: the SYN-ACK is sent again after 1, 3, 7, ... s, `retries` times, and at the next of these
 * times the entry goes. While more than half of the backlog is in use old entries go earlier, so that there is room for
 * young ones: those that nobody has sent again are counted, and as long as there are 2, 4, 8, ... times as many in all,
 * one repetition less is made, but for two.
 *
 * Source: `reqsk_timer_handler` of Linux (net/ipv4/inet_connection_sock.c); measured on 6.18 (test/parts/half-open.test.ts).
 */
export const asSynQueue = (retries: number, backlog: number): Stay => ({
  ages: Array.from({ length: retries + 1 }, (_, i) => powerOfTwo(i + 1) - 1),
  ends(place, there, young) {
    let most = retries
    if (2 * there > Math.max(8, backlog))
      for (let many = 2 * young; most > FEWEST && there >= many; many *= 2) most--
    return place >= most
  },
})

/** Times, first in first out. */
class Times {
  length = 0
  private times = new Float64Array(16)
  private head = 0

  get first(): number {
    return this.length > 0 ? this.times[this.head]! : Number.POSITIVE_INFINITY
  }

  push(time: number): void {
    if (this.length === this.times.length) this.grow()
    this.times[(this.head + this.length++) & (this.times.length - 1)] = time
  }

  shift(): number {
    const { first } = this
    this.head = (this.head + 1) & (this.times.length - 1)
    this.length--
    return first
  }

  clear(): void {
    this.length = 0
  }

  private grow(): void {
    const { length, head } = this
    const times = new Float64Array(2 * length)
    for (let i = 0; i < length; i++) times[i] = this.times[(head + i) & (length - 1)]!
    this.times = times
    this.head = 0
  }
}

/**
 * Connections that a flood of SYNs opens and nobody completes, in places of which there are so many. No SYN is an event:
 * what has happened is worked out when somebody asks (`advance`). They come as a Poisson process, so that those that find
 * no place need not be drawn: when one is free again, the next comes after an exponential time. That is exact, and
 * costs some draws for each that gets a place, however many come.
 */
export class HalfOpen {
  /** Those that are there. */
  readonly level = new Level()
  /** A second, of SYNs; and places that they can have, if not all. */
  private rate = 0
  private most = Number.POSITIVE_INFINITY
  private next = Number.POSITIVE_INFINITY
  /** One has found no place: until there is one again none is drawn. */
  private blocked = false
  /** Of those that are below each of the ages, and not below the one before: when they came. */
  private readonly stages: readonly Times[]
  /**
   * @param places that there are, @param others who have places too
   * @param draws of its own
   */
  constructor(
    private readonly places: number,
    private readonly stay: Stay,
    private readonly draws: Stream,
    private readonly others: Others | null = null,
  ) {
    this.stages = stay.ages.map(() => new Times())
  }

  /** From now on SYNs come at that rate, and have `most` places at most. */
  flood(now: number, rate: number, most = Number.POSITIVE_INFINITY): void {
    this.advance(now)
    this.rate = rate
    this.most = most
    this.await(now)
  }

  /** Whether there is no place. */
  isFull(now: number): boolean {
    this.advance(now)
    return this.full(now)
  }

  /** Lets everything happen that does until then: the same, whoever asks in between. */
  advance(now: number): void {
    for (;;) {
      const time = this.blocked ? this.nextEnd : this.next
      if (time > now) break
      this.end(time)
      if (this.blocked) this.freed(time)
      else if (this.none(time)) this.blocked = true
      else {
        this.stages[0]!.push(time)
        this.level.add(time, 1)
        this.await(time)
      }
    }
    this.end(now)
  }

  /** There may be a place again: none that came in the meantime got one. */
  freed(now: number): void {
    if (this.blocked && !this.none(now)) this.await(now)
  }

  clear(now: number): void {
    this.advance(now)
    for (const stage of this.stages) stage.clear()
    this.level.set(now, 0)
    this.await(now)
  }

  private none(time: number): boolean {
    return this.level.value >= this.most || this.full(time)
  }

  private await(time: number): void {
    this.blocked = false
    this.next = this.rate > 0 ? time + exponential(this.draws) / this.rate : Number.POSITIVE_INFINITY
  }

  private full(time: number): boolean {
    return this.level.value + (this.others?.used(time) ?? 0) >= this.places
  }

  /** Those go, and grow older, whose time it is. */
  private end(now: number): void {
    this.others?.used(now)
    for (;;) {
      const place = this.eldest()
      if (place < 0 || this.timeOf(place) > now) return
      const time = this.timeOf(place)
      // The one that is looked at is young until its SYN-ACK is sent again.
      const gone = this.stay.ends(place, this.level.value, this.stages[0]!.length)
      const came = this.stages[place]!.shift()
      if (gone || place === this.stages.length - 1) this.level.add(time, -1)
      else this.stages[place + 1]!.push(came)
    }
  }

  /** When the next place may become free. */
  private get nextEnd(): number {
    const place = this.eldest()
    const own = place < 0 ? Number.POSITIVE_INFINITY : this.timeOf(place)
    return Math.min(own, this.others?.nextEnd ?? Number.POSITIVE_INFINITY)
  }

  private timeOf(place: number): number {
    return this.stages[place]!.first + this.stay.ages[place]!
  }

  /** The stage of the one that is asked next whether it goes; -1: there is none. */
  private eldest(): number {
    let eldest = -1
    let time = Number.POSITIVE_INFINITY
    for (let i = 0; i < this.stages.length; i++) {
      const own = this.timeOf(i)
      if (own < time) {
        eldest = i
        time = own
      }
    }
    return eldest
  }
}
