import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deadlines } from '../../sim/kernel/deadlines.js'
import { Kernel } from '../../sim/kernel/kernel.js'

class Subject {
  ticket = 0
  expired: number[] = []
}

function timers(kernel: Kernel, length: number) {
  return new Deadlines<Subject>(
    kernel,
    length,
    (subject, ticket) => subject.ticket === ticket,
    (subject) => {
      subject.ticket = 0
      subject.expired.push(kernel.now)
    },
  )
}

test('a timer whose subject has not moved on expires exactly then, others never', () => {
  const kernel = new Kernel()
  const deadlines = timers(kernel, 10)
  const subjects = Array.from({ length: 100 }, () => new Subject())
  subjects.forEach((subject, i) => {
    kernel.after(i * 0.37, () => (subject.ticket = deadlines.set(subject)), null)
    if (i % 3 === 0) kernel.after(i * 0.37 + 9.99, () => (subject.ticket = 0), null)
  })
  kernel.run(1000)
  subjects.forEach((subject, i) => {
    expect(subject.expired).toEqual(i % 3 === 0 ? [] : [i * 0.37 + 10])
  })
})

test('timers that do not strike cost no event of their own', () => {
  const kernel = new Kernel()
  const deadlines = timers(kernel, 1)
  let next = 0
  const ask = (): void => {
    const subject = new Subject()
    subject.ticket = deadlines.set(subject)
    kernel.after(0.004, (s: Subject) => (s.ticket = 0), subject)
    if (++next < 100_000) kernel.after(0.001, ask, null)
  }
  ask()
  kernel.run(200)
  // Two events for each of the 100,000, and one look of the ring about every second, at the oldest of the living.
  expect(kernel.served).toBeGreaterThanOrEqual(200_000)
  expect(kernel.served).toBeLessThan(200_000 + 110)
})

test('the ring grows while it is in use, and keeps its order', () => {
  const kernel = new Kernel()
  const order: number[] = []
  const deadlines = new Deadlines<number>(
    kernel,
    5,
    () => true,
    (i) => order.push(i),
  )
  // A head in the middle of the ring when it grows: the first ten are gone by then.
  for (let i = 0; i < 10; i++) deadlines.set(i)
  kernel.run(5)
  for (let i = 10; i < 3000; i++) kernel.after(i / 1000, () => deadlines.set(i), null)
  kernel.run(20)
  expect(order).toEqual(Array.from({ length: 3000 }, (_, i) => i))
})

test('a timer that is set again when it expires strikes again, one length later', () => {
  const kernel = new Kernel()
  const times: number[] = []
  const deadlines: Deadlines<Subject> = new Deadlines(
    kernel,
    2,
    (subject, ticket) => subject.ticket === ticket,
    (subject) => {
      times.push(kernel.now)
      if (times.length < 4) subject.ticket = deadlines.set(subject)
    },
  )
  const subject = new Subject()
  subject.ticket = deadlines.set(subject)
  kernel.run(100)
  expect(times).toEqual([2, 4, 6, 8])
})

test('a new timer on a subject replaces the old one: only the last ticket counts', () => {
  const kernel = new Kernel()
  const deadlines = timers(kernel, 10)
  const subject = new Subject()
  for (const at of [0, 3, 7]) kernel.after(at, () => (subject.ticket = deadlines.set(subject)), null)
  kernel.run(100)
  expect(subject.expired).toEqual([17])
})

test('any sets and ends: as if every timer had an event of its own', () => {
  const life = fc.record({ at: fc.integer({ min: 0, max: 60 }), lives: fc.integer({ min: 0, max: 30 }) })
  fc.assert(
    fc.property(fc.array(life, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (lives, length) => {
      const kernel = new Kernel()
      const deadlines = timers(kernel, length)
      const subjects = lives.map(({ at, lives }) => {
        const subject = new Subject()
        kernel.after(at, () => (subject.ticket = deadlines.set(subject)), null)
        // Ends at halves, timers at whole seconds: no ties between the two.
        kernel.after(at + lives + 0.5, () => (subject.ticket = 0), null)
        return subject
      })
      kernel.run(1000)
      subjects.forEach((subject, i) => {
        const { at, lives: seconds } = lives[i]!
        expect(subject.expired).toEqual(seconds + 0.5 > length ? [at + length] : [])
      })
      expect(kernel.pending).toBe(0)
    }),
  )
})

test('those whose subjects have moved on are let go: a long timer that never strikes takes no more room', () => {
  const deadlines = new Deadlines<{ ticket: number }>(
    new Kernel(),
    1e9,
    (subject, ticket) => subject.ticket === ticket,
    () => {},
  )
  const ring = deadlines as unknown as { times: Float64Array }
  for (let i = 0; i < 100_000; i++) {
    const subject = { ticket: 0 }
    subject.ticket = deadlines.set(subject)
    subject.ticket = 0
  }
  expect(ring.times.length).toBe(16)
})
