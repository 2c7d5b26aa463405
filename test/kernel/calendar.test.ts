import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../../sim/kernel/calendar.js'
import { Event } from '../../sim/kernel/event.js'
import { Few } from '../../sim/kernel/few.js'
import { Many } from '../../sim/kernel/many.js'

/** The same, by a list that is sorted each time: by time, then by order of entry. */
class SortedList {
  private readonly events: Event[] = []

  get size(): number {
    return this.events.length
  }
  push(event: Event): void {
    this.events.push(event)
    this.events.sort((a, b) => a.time - b.time || a.order - b.order)
  }
  take(until: number): Event | undefined {
    return this.events.length > 0 && this.events[0]!.time <= until ? this.events.shift() : undefined
  }
}

function eventAt(time: number, order: number): Event {
  const event = new Event()
  event.time = time
  event.order = order
  return event
}

// Few different times: ties are what goes wrong.
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ push: fc.integer({ min: 0, max: 7 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      take: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 7 })),
    }),
  },
)

// The calendar goes over from the one list to the other on the way.
test.each([
  ['the calendar', Calendar],
  ['the list for few', Few],
  ['the list for many', Many],
])(
  'whatever is pushed and taken in whatever order, events come out of %s as from a sorted list',
  (_, List) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const calendar = new List()
        const list = new SortedList()
        let order = 0
        for (const step of steps) {
          if ('push' in step) {
            const event = eventAt(step.push, ++order)
            calendar.push(event)
            list.push(event)
          } else {
            expect(calendar.take(step.take)).toBe(list.take(step.take))
          }
          expect(calendar.size).toBe(list.size)
        }
        for (
          let event = list.take(Number.POSITIVE_INFINITY);
          event;
          event = list.take(Number.POSITIVE_INFINITY)
        )
          expect(calendar.take(Number.POSITIVE_INFINITY)).toBe(event)
        expect(calendar.take(Number.POSITIVE_INFINITY)).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  },
)

test('events of one time come out in the order of entry, however many there are', () => {
  const calendar = new Calendar()
  for (let order = 1; order <= 10_000; order++) calendar.push(eventAt(1, order))
  for (let order = 1; order <= 10_000; order++) expect(calendar.take(1)!.order).toBe(order)
})

test('the place of the event being served is used again: none of its like, several, or an earlier one', () => {
  const calendar = new Calendar()
  const taken = () => calendar.take(Number.POSITIVE_INFINITY)?.time
  for (const time of [1, 2, 3]) calendar.push(eventAt(time, time))
  expect(taken()).toBe(1)
  expect(calendar.size).toBe(2)
  // The event at 1 is being served and enters two more, the first of which takes its place.
  calendar.push(eventAt(2.5, 4))
  calendar.push(eventAt(1.5, 5))
  expect(calendar.size).toBe(4)
  expect([taken(), taken()]).toEqual([1.5, 2])
  // The event at 2 enters none; the one after it one at the same time as itself.
  expect(taken()).toBe(2.5)
  calendar.push(eventAt(2.5, 6))
  expect([taken(), taken(), taken()]).toEqual([2.5, 3, undefined])
  // Everything was taken: the last place is still a hole, and is no event.
  expect(calendar.size).toBe(0)
  calendar.push(eventAt(9, 7))
  expect(calendar.size).toBe(1)
  expect(taken()).toBe(9)
})

test('an event beyond the limit stays, and is there when the limit has moved', () => {
  const calendar = new Calendar()
  calendar.push(eventAt(5, 1))
  expect(calendar.take(4.999)).toBeUndefined()
  expect(calendar.size).toBe(1)
  expect(calendar.take(5)!.time).toBe(5)
})
