import { describe, expect, test } from 'vitest'
import { recoverySumsOf, recoveryTimeOf, strikeRecordsOf } from '../../sim/experiments/recovery.js'
import type { Outage } from '../../sim/traffic/outages.js'
import { promotion, resultOf } from '../support/ran.js'

const outage = (from: number, to: number, known = from, restored = true): Outage => {
  return { from, to, known, restored }
}
const strike = (fault: number, from: number, to = from + 1) => ({ fault, from, to, forever: false })
const away = (strikes: ReturnType<typeof strike>[], ...outages: Outage[]) =>
  strikeRecordsOf(strikes, [[outages]], [], 0).map((a) => a.away[0])

describe('an outage belongs to', () => {
  test('the last strike before its first request failed, and counts from there at the earliest', () => {
    // The first request came before the strike, and was inside when it happened.
    expect(away([strike(0, 10), strike(1, 100)], outage(99, 120, 100))).toEqual([0, 20])
    expect(away([strike(0, 10), strike(1, 100)], outage(110, 120, 115))).toEqual([0, 10])
  })

  test('each strike in the middle of it', () => {
    expect(away([strike(0, 10), strike(1, 20)], outage(10, 50))).toEqual([40, 30])
  })

  test('none, if it was there before', () => {
    expect(away([strike(0, 60)], outage(10, 50))).toEqual([0])
  })
})

describe('the recovery time', () => {
  test('adds up the outages after a strike', () => {
    expect(away([strike(0, 10, 100)], outage(10, 20), outage(50, 55))).toEqual([15])
  })

  test('is that of the users who were without the class longest', () => {
    const two = strikeRecordsOf([strike(0, 10)], [[[outage(10, 20)], [outage(10, 25)]]], [], 0)
    expect(two[0]!.away).toEqual([15])
  })

  test('counts in the clock of the measured span, as strikes do; one that healed before it is not there', () => {
    const [one, ...others] = strikeRecordsOf([strike(0, -50), strike(0, 10)], [[[outage(110, 120)]]], [], 100)
    expect(one!.away).toEqual([10])
    expect(others).toEqual([])
    const of = (to: number) => strikeRecordsOf([{ ...strike(0, -5), to }], [[[]]], [], 100)
    expect([of(0.5), of(0)].map((strikes) => strikes.length)).toEqual([1, 0])
  })

  test('has no value where the service was not back, only what it is not below', () => {
    const runs = [20, 30].map((to) =>
      strikeRecordsOf([strike(0, 10)], [[[outage(10, to, 10, to < 30)]]], [], 0),
    )
    const { recovery_s, recovery_max_s, unrestored } = recoveryTimeOf(runs.map(recoverySumsOf))
    expect(recovery_s).toMatchObject({ value: null, high: null })
    expect(recovery_s.low).toBeLessThan(15)
    expect(recovery_max_s).toBe(20)
    expect(unrestored).toBe(1)
  })
})

// 10 requests a second: 1 of 10 writes.
const stack = (faults: string, more = '') => `
lasts: 2min
warmup: 0s
replications: 2
users: { web: { arrive: constant(10/s), to: q, timeout: 1s } }
components: { q: { kind: service, servers: unlimited, service: 10ms } }
faults: [${faults}]
${more}`

describe('of a run', () => {
  test('a service that is dead for 20 s is away for as long, to the last visitor who failed', async () => {
    const { faults, recovery } = await resultOf(stack('{ kind: crash, target: q, at: 30.05s, for: 20s }'))
    // Visitors come at 30.1, 30.2, ... 50.0.
    expect(faults[0]!.recovery_s.value).toBeCloseTo(19.9, 9)
    expect(faults[0]).toMatchObject({ unrestored: 0, recovery_class: 'request', lost_writes: { value: 0 } })
    expect(recovery!.recovery_max_s).toBeCloseTo(19.9, 9)
    expect(recovery!.classes.request!.recovery_s.value).toBeCloseTo(19.9, 9)
  })

  test('each fault has its own, and the scenario the longest', async () => {
    const { faults, recovery } = await resultOf(
      stack(
        '{ kind: crash, target: q, at: 10.05s, for: 5s }, { kind: hang, target: q, at: 60.05s, for: 10s }',
      ),
    )
    const [crash, hang] = faults.map((f) => f.recovery_s.value!)
    expect(crash).toBeCloseTo(4.9, 9)
    // Who came in the last second before it ran again was answered within the second that visitors wait.
    expect(hang).toBeCloseTo(8.9, 1)
    expect(recovery!.recovery_s.value).toBe(hang)
  })

  test('a fault to the end is never recovered from', async () => {
    const { recovery } = await resultOf(stack('{ kind: crash, target: q, at: 30.05s }'))
    expect(recovery).toMatchObject({ unrestored: 2, recovery_s: { value: null, high: null } })
    expect(recovery!.recovery_s.low).toBeCloseTo(89.9, 6)
  })

  test('who is answered after the span only was not back in it, though nobody failed', async () => {
    const patient = stack('{ kind: hang, target: q, at: 100.05s, for: 30s }').replace(', timeout: 1s', '')
    const { recovery, requests } = await resultOf(patient)
    expect(requests.failed).toBe(0)
    expect(recovery).toMatchObject({ unrestored: 2, recovery_s: { value: null } })
    expect(recovery!.recovery_s.low).toBeCloseTo(19.95, 6)
  })

  test('what only slows down is not away', async () => {
    const { recovery } = await resultOf(stack('{ kind: slow, target: q, at: 30s, for: 20s, factor: 3 }'))
    expect(recovery).toMatchObject({ unrestored: 0, recovery_max_s: 0 })
  })

  test('there is nothing to tell where nothing strikes', async () => {
    expect((await resultOf(stack(''))).recovery).toBeUndefined()
    const { recovery } = await resultOf(stack('{ kind: crash, target: q, mtbf: 100y, mttr: 1s }'))
    expect(recovery).toMatchObject({ recovery_s: { value: null, low: null }, recovery_max_s: null })
  })
})

test('lost are the writes that were answered and had not reached the server that was promoted', async () => {
  const { faults, recovery, components } = await resultOf(promotion('write: 100%'))
  const counted = components.a!.extra!.lost_writes!.value!
  // Visitors come at 20.1, 20.2, ... 30.0.
  expect(counted).toBe(100)
  expect(faults.map((f) => f.lost_writes.value)).toEqual([0, 100])
  // The oldest was committed a few milliseconds after 20.1 s.
  expect(faults[1]!.rpo_s.value).toBeGreaterThan(9.94)
  expect(faults[1]!.rpo_s.value).toBeLessThan(9.95)
  expect(recovery).toMatchObject({ lost_writes: { value: 100 }, rpo_s: faults[1]!.rpo_s })
  // 10 s until it is noticed, 3 s until the other is the primary.
  expect(faults[1]!.recovery_s.value).toBeCloseTo(12.9, 1)
})
