import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Kernel } from '../../sim/kernel/kernel.js'

test('events are served in order of time, ties in order of entry, also those entered meanwhile', () => {
  const kernel = new Kernel()
  const served: string[] = []
  const note = (name: string) => served.push(`${name}@${kernel.now}`)
  kernel.after(2, note, 'c')
  kernel.after(1, note, 'a')
  kernel.after(
    1,
    () => {
      note('b')
      kernel.after(0, note, 'b0')
      kernel.after(1, note, 'd')
    },
    null,
  )
  kernel.after(1, note, 'b1')
  kernel.run(10)
  expect(served).toEqual(['a@1', 'b@1', 'b1@1', 'b0@1', 'c@2', 'd@2'])
  expect(kernel.now).toBe(10)
  expect(kernel.served).toBe(6)
})

test('what is entered late in a place that was kept comes where it would have come', () => {
  const kernel = new Kernel()
  const served: string[] = []
  const note = (name: string) => served.push(`${name}@${kernel.now}`)
  kernel.after(2, note, 'before')
  const places = kernel.keepPlaces(2)
  // Many, so that both lists of events are tried.
  for (let i = 0; i < 40; i++) kernel.after(2 + i, note, `after ${i}`)
  kernel.run(1)
  kernel.enter(2, places + 1, note, 'second')
  kernel.enter(2, places, note, 'first')
  kernel.enter(40, places, note, 'late')
  kernel.run(2)
  expect(served).toEqual(['before@2', 'first@2', 'second@2', 'after 0@2'])
  kernel.run(40)
  expect(served.slice(-2)).toEqual(['late@40', 'after 38@40'])
  expect(() => kernel.enter(39, places, note, 'over')).toThrow('an event cannot be entered -1 s ahead')
})

test('a run ends with the events of its last instant, and the clock stands there', () => {
  const kernel = new Kernel()
  const served: number[] = []
  for (const delay of [1, 2, 2, 2.000001]) kernel.after(delay, () => served.push(kernel.now), null)
  kernel.run(2)
  expect(served).toEqual([1, 2, 2])
  expect(kernel.now).toBe(2)
  expect(kernel.pending).toBe(1)
  kernel.run(3)
  expect(served).toEqual([1, 2, 2, 2.000001])
  expect(kernel.now).toBe(3)
})

test('a cancelled event does nothing, and disturbs no other that stands in the same pooled object later', () => {
  const kernel = new Kernel()
  const served: string[] = []
  const cancelled = kernel.after(1, () => served.push('never'), null)
  kernel.after(1, () => served.push('kept'), null)
  cancelled.cancel()
  kernel.run(1)
  expect(served).toEqual(['kept'])
  // Both objects are free again: events that take them over are served.
  kernel.after(1, () => served.push('x'), null)
  kernel.after(1, () => served.push('y'), null)
  kernel.run(2)
  expect(served).toEqual(['kept', 'x', 'y'])
})

test('delays that are no delays are refused: negative, or no number', () => {
  const kernel = new Kernel()
  expect(() => kernel.after(-1e-9, () => {}, null)).toThrow(RangeError)
  expect(() => kernel.after(Number.NaN, () => {}, null)).toThrow(RangeError)
  expect(kernel.pending).toBe(0)
})

test('infinity is never', () => {
  const kernel = new Kernel()
  let served = 0
  kernel.after(Number.POSITIVE_INFINITY, () => served++, null)
  kernel.run(Number.MAX_VALUE)
  expect(served).toBe(0)
})

test('tickets are never given twice, and never 0', () => {
  const kernel = new Kernel()
  const tickets = Array.from({ length: 1000 }, () => kernel.ticket())
  expect(new Set([0, ...tickets]).size).toBe(1001)
})

/** Each event, when served, enters further ones and cancels one that is pending. */
interface Plan {
  readonly delay: number
  readonly cancels: number
  readonly enters: readonly Plan[]
}
const plans = (depth: number): fc.Arbitrary<Plan[]> =>
  fc.array(
    fc.record({
      delay: fc.integer({ min: 0, max: 5 }),
      cancels: fc.integer({ min: -3, max: 6 }),
      enters: depth === 0 ? fc.constant([]) : plans(depth - 1),
    }),
    { maxLength: 4 },
  )

test('handlers that enter and cancel events: as a sorted list would have it', () => {
  fc.assert(
    fc.property(plans(3), (plans) => {
      const byKernel: [number, number][] = []
      {
        const kernel = new Kernel()
        const events: (ReturnType<Kernel['after']> | null)[] = []
        const enter = (plan: Plan): void => {
          const id = events.length
          const handler = () => {
            events[id] = null
            byKernel.push([kernel.now, id])
            for (const next of plan.enters) enter(next)
            events[plan.cancels]?.cancel()
            if (plan.cancels in events) events[plan.cancels] = null
          }
          events.push(null)
          events[id] = kernel.after(plan.delay, handler, null)
        }
        for (const plan of plans) enter(plan)
        kernel.run(1e9)
      }
      const byList: [number, number][] = []
      {
        let list: { time: number; id: number; plan: Plan }[] = []
        let ids = 0
        const enter = (now: number, plan: Plan) => list.push({ time: now + plan.delay, id: ids++, plan })
        for (const plan of plans) enter(0, plan)
        while (list.length > 0) {
          list.sort((a, b) => a.time - b.time || a.id - b.id)
          const { time, id, plan } = list.shift()!
          byList.push([time, id])
          for (const next of plan.enters) enter(time, next)
          list = list.filter((e) => e.id !== plan.cancels)
        }
      }
      expect(byKernel).toEqual(byList)
    }),
    { numRuns: 300 },
  )
})

test('stops after the event that says so, and goes on from there with what was left', () => {
  const kernel = new Kernel()
  const seen: number[] = []
  for (const at of [1, 2, 2, 3]) kernel.after(at, () => seen.push(kernel.now) === 2 && kernel.stop(), null)
  expect(kernel.run(10)).toBe(false)
  expect([kernel.now, kernel.served, kernel.pending]).toEqual([2, 2, 2])
  expect(kernel.run(2)).toBe(true)
  expect(seen).toEqual([1, 2, 2])
  // Between runs there is nothing to stop.
  kernel.stop()
  expect(kernel.run(10)).toBe(true)
  expect([seen, kernel.now]).toEqual([[1, 2, 2, 3], 10])
})

test('an event that is cancelled after its time is an error, and not the end of another’s', () => {
  const kernel = new Kernel()
  const event = kernel.after(1, () => {}, null)
  kernel.run(1)
  expect(() => event.cancel()).toThrow('after its time')
  const other = kernel.after(1, () => {}, null)
  expect(other).toBe(event)
  other.cancel()
  other.cancel()
  kernel.run(2)
})

test('a clock that does not move any more is an error that says where', () => {
  const kernel = new Kernel(undefined, 1024)
  const again = (where: object) => kernel.after(0, again, where)
  kernel.after(3, again, { at: { name: 'web' } })
  expect(() => kernel.run(10)).toThrow(
    'the clock stands still at 3 s: more than 1024 events happen at this instant, the last of them at web',
  )
})

test('a burst at one instant, and another one later, are none', () => {
  const kernel = new Kernel(undefined, 1024)
  let served = 0
  for (const delay of [1, 2, 3]) for (let i = 0; i < 1024; i++) kernel.after(delay, () => served++, null)
  expect(kernel.run(10)).toBe(true)
  expect(served).toBe(3072)
})
