/** What happens when an event's time has come. Handlers are bound once, never made per event. */
// biome-ignore lint/suspicious/noExplicitAny: an event carries whatever its handler takes
export type Handler<Subject = any> = (subject: Subject) => void

const nothing: Handler = () => {}

/**
 * One entry of the calendar. Events are pooled by the kernel: whoever keeps one (to cancel it) must
 * forget it when its handler runs.
 */
export class Event {
  /** Seconds. Starts as a fraction so that the engine stores the field as a double from the beginning. */
  time = -0.5
  /** Order of entry (1, 2, ...): decides between events of the same time. 0 once it has been served. */
  order = 0
  handler: Handler = nothing
  /** What the handler takes; of a free event, the next free one. */
  subject: unknown = null

  /**
   * The event keeps its place in the calendar, but nothing happens when its time comes. Once it has been served that is
   * an error: the object may be another's event by then.
   */
  cancel(): void {
    if (this.order === 0) throw new Error('an event was cancelled after its time')
    this.handler = nothing
    this.subject = null
  }
}

/** Events in the order of their times, then of their entry. */
export interface EventList {
  readonly size: number
  push(event: Event): void
  /** Takes out the next event, or returns `undefined` if there is none up to and including time `until`. */
  take(until: number): Event | undefined
}
