import type { Event, EventList } from './event.js'
import { Few } from './few.js'
import { Many } from './many.js'

/** With more events pending than this, the list for few is more than a tenth slower than that for many. */
const FEW = 24

/**
 * The future event list, ordered by time, then by order of entry: one for few events, and once they are more, for
 * good, one for many.
 *
 * In both, the event that is being served keeps its place at the top, as a hole, until its handler enters the next
 * one: most handlers enter exactly one event, and filling the hole is one way through the heap instead of two.
 */
export class Calendar implements EventList {
  private readonly few = new Few()
  private many: Many | null = null

  get size(): number {
    return (this.many ?? this.few).size
  }

  push(event: Event): void {
    if (this.many !== null) {
      this.many.push(event)
    } else {
      this.few.push(event)
      if (this.few.size > FEW) this.move()
    }
  }

  take(until: number): Event | undefined {
    return this.many !== null ? this.many.take(until) : this.few.take(until)
  }

  private move(): void {
    const many = new Many()
    for (
      let event = this.few.take(Number.POSITIVE_INFINITY);
      event;
      event = this.few.take(Number.POSITIVE_INFINITY)
    )
      many.push(event)
    this.many = many
  }
}
