import { describe, expect, test } from 'vitest'
import { importanceOf } from '../../../sim/experiments/spof/importance.js'

const away = (unavailabilities: Readonly<Record<string, number>>) =>
  Object.entries(unavailabilities).map(([part, unavailability]) => ({ part, unavailability, assumed: null }))

/** All is lost as soon as one of the cut sets is away. */
const cutBy = (cuts: readonly (readonly string[])[]) => (lost: ReadonlySet<string>) =>
  cuts.some((cut) => cut.every((part) => lost.has(part))) ? 1 : 0

describe('a bridge of five parts, each there for 0.9 of the time', () => {
  // c1 from s to a, c2 from s to b, c3 between a and b, c4 from a to t, c5 from b to t.
  const cuts = [
    ['c1', 'c2'],
    ['c4', 'c5'],
    ['c1', 'c3', 'c5'],
    ['c2', 'c3', 'c4'],
  ]
  const { lost, neglected, parts } = importanceOf(
    away({ c1: 0.1, c2: 0.1, c3: 0.1, c4: 0.1, c5: 0.1 }),
    cutBy(cuts),
    cuts,
  )
  const of = (name: string) => parts.find(({ part }) => part === name)!

  test('is there for 0.97848 of the time', () => {
    expect(1 - lost).toBeCloseTo(0.97848, 12)
    expect(neglected).toBeCloseTo(0, 12)
  })

  test.each(['c1', 'c2', 'c4', 'c5'])('%s matters as it does in the textbook', (name) => {
    expect(of(name).birnbaum).toBeCloseTo(0.1062, 12)
    expect(of(name).criticality).toBeCloseTo(0.49349442379182157, 12)
    expect(of(name).fussell_vesely).toBeCloseTo(0.5065055762081785, 12)
    expect(of(name).removed_min_per_year).toBeCloseTo(0.01062 * 525_600, 8)
  })

  test('the one in the middle matters least', () => {
    expect(of('c3').birnbaum).toBeCloseTo(0.0162, 12)
    expect(of('c3').criticality).toBeCloseTo(0.07527881040892194, 12)
    expect(of('c3').fussell_vesely).toBeCloseTo(0.09247211895910781, 12)
    expect(parts.at(-1)!.part).toBe('c3')
  })
})

test('in a chain of five, what one matters is what the others let through', () => {
  // A balancer, a web server, an application, a database and a network: hours to failure and to repair.
  const times = {
    lb: [10_000, 1],
    nginx: [5000, 0.5],
    app: [2000, 2],
    db: [4000, 4],
    net: [20_000, 2],
  } as const
  const names = Object.keys(times)
  const unavailable = Object.fromEntries(
    Object.entries(times).map(([name, [up, down]]) => [name, down / (up + down)]),
  )
  const cuts = names.map((name) => [name])
  const { lost, downtime_min_per_year, parts } = importanceOf(away(unavailable), cutBy(cuts), cuts)
  const of = (name: string) => parts.find(({ part }) => part === name)!
  expect(1 - lost).toBeCloseTo(0.9977036549763937, 12)
  expect(downtime_min_per_year).toBeCloseTo(1206.9589444074525, 6)
  expect(of('lb').birnbaum).toBeCloseTo(0.9978034253418914, 12)
  expect(of('lb').criticality).toBeCloseTo(0.043447463021456745, 12)
  expect(of('app').birnbaum).toBeCloseTo(0.9987013586313701, 12)
  expect(of('app').criticality).toBeCloseTo(0.43447463021456745, 12)
})

describe('a loss that is not of all', () => {
  test('counts by what is lost', () => {
    // Half of what is asked is lost while a is away, and all while both are: 0.1 * 0.9 * 0.5 + 0.1 * 0.1.
    const { lost, parts } = importanceOf(
      away({ a: 0.1, b: 0.1 }),
      (gone) => (gone.size === 2 ? 1 : gone.has('a') ? 0.5 : 0),
      [['a', 'b']],
    )
    expect(lost).toBeCloseTo(0.055, 12)
    expect(parts.map(({ part }) => part)).toEqual(['a', 'b'])
    // With a away for certain 0.9 * 0.5 + 0.1, with a always there nothing.
    expect(parts[0]!.birnbaum).toBeCloseTo(0.55, 12)
    expect(parts[0]!.criticality).toBeCloseTo(1, 12)
    expect(parts[1]!.birnbaum).toBeCloseTo(0.05, 12)
  })

  test('of parts that never fail, and of nothing that is lost, is nothing', () => {
    const { lost, parts } = importanceOf(away({ a: 0, b: 0.5 }), () => 0, [])
    expect(lost).toBe(0)
    expect(parts).toMatchObject([
      { criticality: 0, fussell_vesely: null, removed_min_per_year: 0 },
      { criticality: 0, fussell_vesely: null, removed_min_per_year: 0 },
    ])
  })
})

test('of many parts the states in which most are away are left out, and it is said how likely they are', () => {
  const names = Array.from({ length: 40 }, (_, i) => `part-${i}`)
  const cuts = names.map((name) => [name])
  const { lost, neglected } = importanceOf(
    away(Object.fromEntries(names.map((name) => [name, 1e-3]))),
    cutBy(cuts),
    cuts,
  )
  expect(neglected).toBeGreaterThan(0)
  expect(neglected).toBeLessThan(1e-4)
  expect(lost + neglected).toBeCloseTo(1 - 0.999 ** 40, 10)
})
