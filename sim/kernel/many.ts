import type { Event, EventList } from './event.js'

/**
 * A future event list for many events: a binary heap whose times stand in a typed array of their own, so that finding
 * a way through it reads no objects. The hole that an event leaves sinks to the bottom along the earlier child, found
 * without a branch that the processor could guess wrongly, and the new event rises from there ("bottom-up", Wegener,
 * Theoretical Computer Science 118, 1993).
 */
export class Many implements EventList {
  /** Infinity beyond the last event: an only child has an elder sibling that never comes. */
  private times = new Float64Array(64).fill(Number.POSITIVE_INFINITY)
  private readonly events: Event[] = []
  private hole = false

  get size(): number {
    return this.events.length - (this.hole ? 1 : 0)
  }

  push(event: Event): void {
    if (this.hole === true) {
      this.hole = false
      this.rise(this.sink(), event)
    } else {
      const { length } = this.events
      this.events.push(event)
      // Two siblings of the last one can be looked at.
      if (length + 2 >= this.times.length) this.grow()
      this.rise(length, event)
    }
  }

  take(until: number): Event | undefined {
    if (this.hole === true) {
      this.hole = false
      this.fill()
    }
    if (this.times[0]! > until || this.events.length === 0) return undefined
    this.hole = true
    return this.events[0]
  }

  /** The last event takes the place of the one that was served. */
  private fill(): void {
    const last = this.events.pop()!
    const { length } = this.events
    this.times[length] = Number.POSITIVE_INFINITY
    if (length > 0) this.rise(this.sink(), last)
  }

  /** Moves the hole at the top down; returns where it has come to. */
  private sink(): number {
    const { times, events } = this
    const { length } = events
    let at = 0
    for (let child = 1; child < length; child = 2 * at + 1) {
      const a = times[child]!
      const b = times[child + 1]!
      let first = child + +(b < a)
      if (a === b && child + 1 < length && events[child + 1]!.order < events[child]!.order) first = child + 1
      times[at] = times[first]!
      events[at] = events[first]!
      at = first
    }
    return at
  }

  /** Puts `event` into the hole `at`, or as far above as it is earlier. */
  private rise(at: number, event: Event): void {
    const { times, events } = this
    const { time, order } = event
    while (at > 0) {
      const parent = (at - 1) >> 1
      const other = times[parent]!
      if (other < time || (other === time && events[parent]!.order < order)) break
      times[at] = other
      events[at] = events[parent]!
      at = parent
    }
    times[at] = time
    events[at] = event
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2).fill(Number.POSITIVE_INFINITY)
    times.set(this.times)
    this.times = times
  }
}
