import FastPriorityQueue from 'fastpriorityqueue'
import type { Event, EventList } from './event.js'

const before = (a: Event, b: Event): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)

/** A future event list for a few events: a binary heap of objects (fastpriorityqueue). */
export class Few implements EventList {
  private readonly queue = new FastPriorityQueue<Event>(before)
  private hole = false

  get size(): number {
    return this.queue.size - (this.hole ? 1 : 0)
  }

  push(event: Event): void {
    if (this.hole === true) {
      this.hole = false
      this.queue.replaceTop(event)
    } else {
      this.queue.add(event)
    }
  }

  take(until: number): Event | undefined {
    if (this.hole === true) {
      this.hole = false
      this.queue.poll()
    }
    const top = this.queue.peek()
    if (top === undefined || top.time > until) return undefined
    this.hole = true
    return top
  }
}
