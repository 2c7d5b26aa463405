import { Level } from '../stats/level.js'

/** Of a packet of 1500 bytes, what is no header (TCP with timestamps over IPv4). */
export const SEGMENT = 1448
const PAYLOAD = SEGMENT / 1500

/**
 * One direction of something that carries so many bytes a second and no more: first in, first out. All that has to be
 * known of its queue is when it will be empty.
 */
export class Line {
  /** When all that was put on it has left. */
  free = 0.5
  /** Of content, bytes a second. */
  readonly rate: number
  /** Seconds that all took or will take which was put on it, since the start of the measured span. */
  private work = 0.5
  /** Bytes of all that were to be sent over it, since then. */
  private asked = 0.5
  private since = 0.5

  /**
   * @param bandwidth bytes a second, headers among them
   * @param inside requests and answers that are under way over it
   * @param host whose network interface it is; null for the line of a wire
   */
  constructor(
    readonly bandwidth: number,
    readonly inside = new Level(),
    readonly host: string | null = null,
  ) {
    this.rate = bandwidth * PAYLOAD
    this.free = 0
    this.work = 0
    this.asked = 0
    this.since = 0
  }

  /** Something comes whose bytes will all be put on it, if nobody gives up. */
  enter(now: number, bytes: number): void {
    this.asked += bytes
    this.inside.add(now, 1)
  }

  /** It is over, and all its bytes are there or are not asked for any more. */
  leave(now: number): void {
    this.inside.add(now, -1)
  }

  /** Puts so many bytes on it. Returns when the first of them begins to leave. */
  put(now: number, bytes: number): number {
    const begins = Math.max(now, this.free)
    const seconds = bytes / this.rate
    this.free = begins + seconds
    this.work += seconds
    return begins
  }

  /** Seconds until what comes now begins to leave. */
  backlog(now: number): number {
    return Math.max(0, this.free - now)
  }

  /** The measured span begins. */
  restart(now: number): void {
    this.since = now
    this.work = this.backlog(now)
    this.asked = 0
  }

  /** Share of the time in which something left, since the start of the measured span. */
  use(now: number): number {
    return now > this.since ? (this.work - this.backlog(now)) / (now - this.since) : 0
  }

  /** What came over what it can carry, since then. */
  load(now: number): number {
    return now > this.since ? this.asked / this.rate / (now - this.since) : 0
  }
}
