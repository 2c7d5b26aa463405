import { Calendar } from './calendar.js'
import { Event, type EventList, type Handler } from './event.js'

/** More than as many visitors as can be simulated do at once. */
const BURST = 2 ** 26

/** The clock does not move any more, whatever is served. */
export class Standstill extends Error {
  constructor(now: number, events: number, subject: unknown) {
    const { at, name } = (subject ?? {}) as { at?: { name?: string }; name?: string }
    const where = at?.name ?? name
    super(
      `the clock stands still at ${now} s: more than ${events} events happen at this instant${where === undefined ? '' : `, the last of them at ${where}`}`,
    )
  }
}

/** Time, and nothing else: what was entered with a delay is served in order of time, ties in order of entry. */
export class Kernel {
  /** Simulated time, seconds. Starts as a fraction so that the engine stores the field as a double from the beginning. */
  now = 0.5
  /** Events served so far. */
  served = 0
  /** The lengths of the timers that anybody may set (`Deadlines`), seconds: no timeout is of another. */
  readonly timeouts = new Set<number>()
  /** When it was last looked whether the clock moves. */
  private looked = -1
  private entered = 0
  /** Up to where events are served. */
  private until = 0.5
  private tickets = 0
  // A linked list: an array that goes up and down by one would be shrunk and grown by the engine each time.
  private free: Event | null = null

  /**
   * @param calendar the future event list
   * @param burst so many events at one instant are no burst, but a `Standstill`; a power of two
   */
  constructor(
    private readonly calendar: EventList = new Calendar(),
    private readonly burst = BURST,
  ) {
    this.now = 0
    this.until = 0
  }

  /** Events waiting to be served. */
  get pending(): number {
    return this.calendar.size
  }

  /**
   * Calls `handler(subject)` in `delay` seconds (0 or more; `Infinity` is never).
   * The event that is returned can be cancelled until it is served, not after.
   */
  after<Subject>(delay: number, handler: Handler<Subject>, subject: Subject): Event {
    if (!(delay >= 0)) throw wrong(delay)
    const event = this.free ?? new Event()
    this.free = event.subject as Event | null
    event.time = this.now + delay
    event.order = ++this.entered
    event.handler = handler
    event.subject = subject
    this.calendar.push(event)
    return event
  }

  /** Keeps so many places in the order of entry, for events that will be known later. Returns the first of them. */
  keepPlaces(count: number): number {
    const first = this.entered + 1
    this.entered += count
    return first
  }

  /**
   * Calls `handler(subject)` at `time`, as if that had been entered when `place` was kept. What happens at `time` is
   * not to be served before this is entered: it would have come after it.
   */
  enter<Subject>(time: number, place: number, handler: Handler<Subject>, subject: Subject): Event {
    if (!(time >= this.now)) throw wrong(time - this.now)
    const event = this.free ?? new Event()
    this.free = event.subject as Event | null
    event.time = time
    event.order = place
    event.handler = handler
    event.subject = subject
    this.calendar.push(event)
    return event
  }

  /** A number (1, 2, ...) that was not given out before: tells one timer from another. */
  ticket(): number {
    return ++this.tickets
  }

  /**
   * Serves every event up to and including time `until` and leaves the clock there; or where it was stopped.
   * Returns whether it came that far.
   */
  run(until: number): boolean {
    this.until = until
    for (let event = this.calendar.take(until); event !== undefined; event = this.calendar.take(this.until)) {
      this.now = event.time
      if ((++this.served & (this.burst - 1)) === 0) this.look(event)
      const handler = event.handler
      const subject = event.subject
      event.order = 0
      event.subject = this.free
      this.free = event
      handler(subject)
    }
    if (this.until !== until) return false
    this.now = until
    return true
  }

  private look({ subject }: Event): void {
    if (this.now === this.looked) throw new Standstill(this.now, this.burst, subject)
    this.looked = this.now
  }

  /** The event that is being served is the last one of this run; those that are left are for the next. */
  stop(): void {
    this.until = Number.NEGATIVE_INFINITY
  }
}

function wrong(delay: number): RangeError {
  return new RangeError(`an event cannot be entered ${delay} s ahead`)
}
