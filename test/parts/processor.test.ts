import { expect, test } from 'vitest'
import { Calendar } from '../../sim/kernel/calendar.js'
import type { Event, EventList } from '../../sim/kernel/event.js'
import { Kernel } from '../../sim/kernel/kernel.js'
import type { Dial } from '../../sim/parts/dial.js'
import { Processor } from '../../sim/parts/processor.js'
import { type Place, Request } from '../../sim/parts/request.js'

/** A calendar that is taken from a thousand times at most. */
class Patient implements EventList {
  private readonly calendar = new Calendar()
  private taken = 0
  get size(): number {
    return this.calendar.size
  }
  push(event: Event): void {
    this.calendar.push(event)
  }
  take(until: number): Event | undefined {
    if (++this.taken > 1000) throw new Error('events without end')
    return this.calendar.take(until)
  }
}

// After eleven days a clock's steps are 0.1 ns wide: the end of a job, computed in virtual time, lies between two.
test.each([1e6, 1e9])('a job ends at its time, however late it is: at %d s', (start) => {
  const kernel = new Kernel(new Patient())
  const processor = new Processor(kernel, 1)
  kernel.run(start)
  const ends: number[] = []
  const at = {
    probe: { cpu: 0 },
    proceed: (handler: (request: Request) => void, request: Request) => handler(request),
  }
  for (const demand of [0.1, 0.3, 0.7]) {
    const job = new Request()
    job.at = at as unknown as Place
    processor.run(job, demand, () => ends.push(kernel.now))
  }
  kernel.run(start + 2)
  // Three share the core, then two, then one.
  for (const [i, end] of [0.3, 0.7, 1.1].entries())
    expect(Math.abs(ends[i]! - start - end)).toBeLessThan(start * 1e-15)
  expect(processor.size).toBe(0)
})

test('a job that is stopped has left what it has not had', () => {
  const kernel = new Kernel()
  const processor = new Processor(kernel, 1)
  const place = { probe: { cpu: 0 } } as Place
  const [mine, other] = [new Request(), new Request()]
  mine.at = place
  other.at = { probe: { cpu: 0 } } as Place
  processor.run(mine, 1, () => {})
  processor.run(other, 3, () => {})
  kernel.run(1)
  ;(processor.speed as Dial).bend(0.5)
  kernel.run(1.5)
  expect(processor.take(place)).toEqual([{ job: mine, left: 1 - 0.5 - 0.125 }])
  expect(processor.size).toBe(1)
})

test('the use of the cores is counted as it passes, by whom they are used', () => {
  const kernel = new Kernel()
  const processor = new Processor(kernel, 2)
  const placeOf = () => ({ probe: { cpu: 0 }, proceed: () => {} }) as unknown as Place
  const [a, b] = [placeOf(), placeOf()]
  const used = (place: Place) => place.probe.cpu + processor.heldBy(place, kernel.now)
  const run = (at: Place, demand: number) => {
    const job = new Request()
    job.at = at
    processor.run(job, demand, () => {})
    return job
  }
  run(a, 1)
  kernel.run(0.5)
  // One job uses one core of two.
  expect([used(a), used(b)]).toEqual([0.5, 0])
  const jobs = [10, 20, 30].map((demand) => run(b, demand))
  kernel.run(1)
  // Four jobs have half a core each: what they asked for beyond that is no use of it.
  expect(used(a)).toBeCloseTo(0.75, 12)
  expect(used(b)).toBeCloseTo(0.75, 12)
  processor.drop(jobs[0]!)
  kernel.run(10)
  // Both cores are full all the time since, with what was dropped counted up to then.
  expect(used(a) + used(b)).toBeCloseTo(0.5 + 2 * 9.5, 9)
  processor.take(b)
  const before = used(b)
  kernel.run(20)
  expect(used(b)).toBe(before)
  // At half speed a core is in use for twice as long.
  ;(processor.speed as Dial).bend(0.5)
  run(a, 1)
  const then = used(a)
  kernel.run(30)
  expect(used(a) - then).toBeCloseTo(2, 12)
})
