import FastPriorityQueue from 'fastpriorityqueue'
import type { Event } from './event.js'

const before = (a: Event, b: Event): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)

/**
 * The future event list: a binary heap (fastpriorityqueue), ordered by time, then by order of entry.
 *
 * The event that is being served keeps its place at the top, as a hole, until its handler enters the next
 * one: most handlers enter exactly one event, and replacing the top is one sift instead of two.
 */
export class Calendar {
  private readonly queue = new FastPriorityQueue<Event>(before)
  private hole = false

  get size(): number {
    return this.queue.size - (this.hole ? 1 : 0)
  }

  push(event: Event): void {
    if (this.hole) {
      this.hole = false
      this.queue.replaceTop(event)
    } else {
      this.queue.add(event)
    }
  }

  /** Takes out the next event, or returns `undefined` if there is none up to and including time `until`. */
  take(until: number): Event | undefined {
    if (this.hole) {
      this.hole = false
      this.queue.poll()
    }
    const top = this.queue.peek()
    if (top === undefined || top.time > until) return undefined
    this.hole = true
    return top
  }
}
