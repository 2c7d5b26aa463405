import type { Handler } from './event.js'
import type { Kernel } from './kernel.js'

/**
 * Timers of one equal length. They expire in the order in which they were set, so they stand in a ring beside
 * the calendar, and only the oldest living one is an event. A timer whose subject has moved on (`living` says
 * no) never becomes one: a timeout that does not strike costs two array writes.
 */
export class Deadlines<Subject> {
  private times = new Float64Array(16)
  private tickets = new Float64Array(16)
  private subjects: (Subject | null)[] = new Array(16).fill(null)
  /** The ring's length, a power of two, less one. */
  private mask = 15
  private head = 0
  private count = 0
  private armed = false

  /**
   * @param length seconds from `set` to expiry
   * @param living whether the subject still stands by the ticket that `set` gave it
   * @param expire called at the deadline, for living timers only
   */
  constructor(
    private readonly kernel: Kernel,
    readonly length: number,
    private readonly living: (subject: Subject, ticket: number) => boolean,
    private readonly expire: Handler<Subject>,
  ) {
    kernel.timeouts.add(length)
  }

  /** Starts a timer and returns its ticket, no other of this kernel, which the subject keeps while it stands by it. */
  set(subject: Subject): number {
    if (this.count > this.mask) this.makeRoom()
    const place = (this.head + this.count++) & this.mask
    const ticket = this.kernel.ticket()
    this.times[place] = this.kernel.now + this.length
    this.tickets[place] = ticket
    this.subjects[place] = subject
    if (this.armed === false) this.arm()
    return ticket
  }

  private arm(): void {
    this.armed = true
    this.kernel.after(this.length, this.ring, null)
  }

  private readonly ring = (): void => {
    const now = this.kernel.now
    while (this.count > 0) {
      const place = this.head
      const subject = this.subjects[place]!
      const living = this.living(subject, this.tickets[place]!)
      if (living && this.times[place]! > now) {
        this.kernel.after(this.times[place]! - now, this.ring, null)
        return
      }
      this.subjects[place] = null
      this.head = (place + 1) & this.mask
      this.count--
      if (living) this.expire(subject)
    }
    this.armed = false
  }

  /** Lets go of the dead, most of all where timers are long; a ring that is more than half alive gets larger. */
  private makeRoom(): void {
    const { mask } = this
    const size = mask + 1
    let alive = 0
    for (let i = 0; i < size; i++) {
      const from = (this.head + i) & mask
      const subject = this.subjects[from]!
      if (!this.living(subject, this.tickets[from]!)) continue
      const to = (this.head + alive++) & mask
      this.times[to] = this.times[from]!
      this.tickets[to] = this.tickets[from]!
      this.subjects[to] = subject
    }
    for (let i = alive; i < size; i++) this.subjects[(this.head + i) & mask] = null
    this.count = alive
    if (alive > size / 2) this.grow()
  }

  private grow(): void {
    const size = this.times.length
    const times = new Float64Array(size * 2)
    const tickets = new Float64Array(size * 2)
    const subjects: (Subject | null)[] = new Array(size * 2).fill(null)
    for (let i = 0; i < this.count; i++) {
      const place = (this.head + i) & this.mask
      times[i] = this.times[place]!
      tickets[i] = this.tickets[place]!
      subjects[i] = this.subjects[place]!
    }
    this.times = times
    this.tickets = tickets
    this.subjects = subjects
    this.mask = times.length - 1
    this.head = 0
  }
}
