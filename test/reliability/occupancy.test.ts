import { describe, expect, it } from 'vitest'
import { Constant } from '../../sim/random/distribution.js'
import { Exponential, Weibull } from '../../sim/random/distributions.js'
import { biased } from '../../sim/reliability/biased.js'
import { Chain, type Move } from '../../sim/reliability/chain.js'
import { markov, timeToFailure } from '../../sim/reliability/crews.js'
import { chanceOf, historyOf } from '../../sim/reliability/history.js'
import { occupancyOf } from '../../sim/reliability/occupancy.js'
import { product } from '../../sim/reliability/product.js'
import { simulated } from '../../sim/reliability/simulated.js'
import type { Lost, Occupancy, Part, System } from '../../sim/reliability/system.js'
import { meanOf } from '../../sim/stats/estimate.js'

const HOUR = 3600
const YEAR = 8760
const ALL = { rest: 0, most: 1e6 }

/** Hours. */
const part = (name: string, mtbf: number, mttr: number, urgency = 0): Part => ({
  name,
  life: new Exponential(mtbf * HOUR),
  repair: new Exponential(mttr * HOUR),
  urgency,
})
const several = (count: number, name: string, mtbf: number, mttr: number, urgency = 0): Part[] =>
  Array.from({ length: count }, (_, i) => part(`${name}-${i}`, mtbf, mttr, urgency))

/** At least so many of `[from, to)` are left. */
const left = (lost: Lost, from: number, to: number, least: number) =>
  to - from - lost.filter((i) => i >= from && i < to).length >= least

const downtime = ({ situations }: Occupancy, up: (lost: Lost) => boolean): number =>
  situations.reduce((sum, { lost, probability }) => (up(lost) ? sum : sum + probability), 0)

/** With the half width of its interval, of its value. */
function simulatedDowntime({ situations }: Occupancy, up: (lost: Lost) => boolean) {
  const batches = situations[0]!.batches!.map((_, b) =>
    situations.reduce((sum, { lost, batches }) => (up(lost) ? sum : sum + batches![b]!), 0),
  )
  const { value, low, high } = meanOf(batches)
  return { value: value!, low: low!, high: high!, error: (high! - low!) / 2 / value! }
}

describe('parts that wait for nobody', () => {
  it.each([
    ['one server', [part('server', 2000, 4)], 0.001996007984031936],
    [
      'a chain of five',
      [
        part('lb', 10000, 1),
        part('nginx', 5000, 0.5),
        part('app', 2000, 2),
        part('db', 4000, 4),
        part('net', 20000, 2),
      ],
      0.002296345023606264,
    ],
  ])('%s, in series', (_, parts, unavailability) => {
    const found = product(parts, ALL)
    expect(downtime(found, (lost) => lost.length === 0) / unavailability).toBeCloseTo(1, 10)
  })

  const tiers = [
    ...several(2, 'lb', 10000, 1),
    ...several(2, 'nginx', 5000, 0.5),
    ...several(3, 'app', 2000, 2),
    ...several(2, 'db', 4000, 4),
  ]
  it.each([
    ['redundant tiers behind one balancer', 2, 54.656941110520904],
    ['all tiers redundant', 1, 2.1076617325697478],
  ])('%s', (_, balancers, minutes) => {
    const up = (lost: Lost) =>
      (balancers === 2 ? !lost.includes(0) : left(lost, 0, 2, 1)) &&
      left(lost, 2, 4, 1) &&
      left(lost, 4, 7, 2) &&
      left(lost, 7, 9, 1)
    const found = product(tiers, ALL)
    expect(found.situations).toHaveLength(512)
    expect((downtime(found, up) * YEAR * 60) / minutes).toBeCloseTo(1, 9)
  })

  it('comes to the likeliest first, and says how much is left', () => {
    const { situations, rest } = product(tiers, { rest: 1e-7, most: 1000 })
    expect(situations[0]!.lost).toEqual([])
    const shares = situations.map(({ probability }) => probability)
    expect(shares).toEqual([...shares].sort((a, b) => b - a))
    expect(rest).toBeLessThan(1e-7)
    expect(shares.reduce((sum, share) => sum + share, rest)).toBeCloseTo(1, 14)
    expect(situations.length).toBeLessThan(200)
  })

  it('takes a part that is mostly broken, and one that never is', () => {
    const { situations } = product(
      [part('old', 1, 9), { ...part('good', 1, 1), repair: new Constant(0) }],
      ALL,
    )
    expect(situations.map(({ lost }) => lost)).toEqual([[0], []])
    expect(situations[0]!.probability).toBeCloseTo(0.9, 12)
  })
})

describe('parts that wait for a crew', () => {
  it('ten servers and one repairman', () => {
    const found = markov({ parts: several(10, 'server', 100, 5), crews: 1 }, ALL)!
    const lost = found.situations.reduce((sum, s) => sum + s.probability * s.lost.length, 0)
    expect(lost).toBeCloseTo(0.7592633726414582, 10)
    expect(found.situations.find((s) => s.lost.length === 0)!.probability).toBeCloseTo(0.5379631686320729, 10)
    expect(downtime(found, (l) => l.length < 3)).toBeCloseTo(0.07201353410967423, 10)
  })

  it('two in parallel', () => {
    const system = { parts: several(2, 'server', 200, 10), crews: 1 }
    const up = (lost: Lost) => lost.length < 2
    expect(downtime(markov(system, ALL)!, up)).toBeCloseTo(0.004524886877828055, 14)
    expect(timeToFailure(system, up)! / HOUR).toBeCloseTo(2300, 7)
  })

  it('three of five', () => {
    const found = markov({ parts: several(5, 'node', 500, 12), crews: 1 }, ALL)!
    expect(downtime(found, (lost) => lost.length <= 2) / 0.0007684706457582803).toBeCloseTo(1, 11)
    const nodes = found.situations.reduce((sum, s) => sum + s.probability * (5 - s.lost.length), 0)
    expect(nodes).toBeCloseTo(4.871340860294055, 11)
  })

  it('is told where the states are too many, and where something has a memory', () => {
    const many = Array.from({ length: 9 }, (_, i) => part(`p${i}`, 1000 + i, 1))
    expect(markov({ parts: many, crews: 1 })).toBeNull()
    const system = { parts: [...several(1, 'a', 100, 1), { ...part('b', 100, 1), repair: new Constant(9) }] }
    expect(occupancyOf({ ...system, crews: 1 }, () => true, '1').how).toBe('simulated')
    expect(occupancyOf({ ...system, crews: 2 }, () => true, '1').how).toBe('product')
  })
})

describe('three tiers that hardly ever fail, one crew that turns to the balancers first', () => {
  const UNAVAILABILITY = 1.3380605192665485e-6
  const system: System = {
    parts: [
      ...several(2, 'lb', 2000, 1, 0),
      ...several(2, 'db', 2000, 1, 1),
      ...several(4, 'app', 6000, 1, 2),
    ],
    crews: 1,
  }
  const up = (lost: Lost) => left(lost, 0, 2, 1) && left(lost, 2, 4, 1) && left(lost, 4, 8, 3)

  it('as a chain', () => {
    expect(downtime(markov(system, ALL)!, up) / UNAVAILABILITY).toBeCloseTo(1, 12)
    expect(timeToFailure(system, up, 2000)! / HOUR / 749754.6803855887).toBeCloseTo(1, 10)
  })

  it('by failures that are made likely, within 2%', () => {
    const { value, low, high, error } = simulatedDowntime(
      biased(system, (lost) => !up(lost), '1'),
      up,
    )
    expect(error).toBeLessThan(0.02)
    expect(Math.abs(value / UNAVAILABILITY - 1)).toBeLessThan(0.02)
    expect(low).toBeLessThan(UNAVAILABILITY * (1 + error))
    expect(high).toBeGreaterThan(UNAVAILABILITY * (1 - error))
  })
})

describe('by letting it fail', () => {
  it('one crew that leaves what is less urgent, as the chain has it', () => {
    const system = { parts: [...several(2, 'lb', 40, 4, 0), ...several(3, 'app', 60, 9, 1)], crews: 1 }
    const exact = markov(system, ALL)!
    const found = simulated(system, '1')
    for (const up of [(lost: Lost) => left(lost, 0, 2, 1), (lost: Lost) => left(lost, 2, 5, 2)]) {
      const { value, error } = simulatedDowntime(found, up)
      const share = downtime(exact, up)
      expect(Math.abs(value - share) / share).toBeLessThan(2 * error)
      expect(error).toBeLessThan(0.03)
    }
  })

  it('parts of any laws that wait for nobody, as the product has it; and who must be told of a failure first', () => {
    const parts = [
      { name: 'a', life: new Weibull(2, 50), repair: new Constant(3), notice: new Constant(2) },
      { name: 'b', life: new Constant(31), repair: new Weibull(0.7, 4) },
    ]
    const exact = product(parts, ALL)
    const found = simulated({ parts, crews: 2 }, '1')
    for (const { lost, probability } of exact.situations) {
      const own = found.situations.find((s) => s.lost.join() === lost.join())!
      const { low, high } = meanOf(own.batches!)
      const slack = high! - low!
      expect(probability).toBeGreaterThan(low! - slack)
      expect(probability).toBeLessThan(high! + slack)
    }
  })

  it('while nobody knows of a failure no crew is at it', () => {
    const told = { ...part('told', 1000, 1), life: new Constant(10), repair: new Constant(4) }
    const slow = { ...told, name: 'slow', notice: new Constant(3) }
    // The crew is with the other one, which failed at the same time, until 14; from 14 to 18 it is here.
    const found = simulated({ parts: [slow, told], crews: 1 }, '1')
    const alone = found.situations.find(({ lost }) => lost.join() === '0')!
    expect(alone.probability).toBeGreaterThan(0)
    expect(found.situations.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9)
  })
})

describe('a chain', () => {
  type Rates = Readonly<Record<string, Readonly<Record<string, number>>>>
  /** How often it comes from where it is up to where it is not. */
  const failuresOf = (rates: Rates, isUp: (state: string) => boolean, share: (state: string) => number) =>
    Object.entries(rates).reduce((sum, [from, own]) => {
      const down = Object.entries(own).filter(([to]) => isUp(from) && !isUp(to))
      return down.reduce((all, [, rate]) => all + share(from) * rate, sum)
    }, 0)
  const chainOf = (rates: Rates): Chain<string> =>
    Chain.from(
      Object.keys(rates)[0]!,
      (state): Move<string>[] => Object.entries(rates[state]!).map(([to, rate]) => ({ to, rate })),
      (state) => state,
    )!

  it('two units, of which the loss of one is noticed late or not covered', () => {
    const [fails, notices, covers] = [1 / 2000, 60, 0.95]
    const rates = {
      two: { unnoticed: 2 * fails },
      unnoticed: { one: notices * covers, uncovered: notices * (1 - covers) },
      uncovered: { one: 6 },
      one: { two: 1 / 4, none: fails },
      none: { one: 1 / 4 },
    }
    const chain = chainOf(rates)
    const shares = chain.stationary()
    const share = (state: string) => shares[chain.states.indexOf(state)]!
    expect(share('unnoticed') / 1.659971999592311e-5).toBeCloseTo(1, 11)
    expect(share('uncovered') / 8.299859997961555e-6).toBeCloseTo(1, 11)
    expect(share('none') / 7.967865598043092e-6).toBeCloseTo(1, 11)
    const isUp = (state: string) => state === 'two' || state === 'one'
    expect((failuresOf(rates, isUp, share) * YEAR) / 8.7422624555169).toBeCloseTo(1, 11)
  })

  it('a primary and its replica, and a failover that may not succeed', () => {
    const rates = {
      both: { failover: 0.002, one: 0.00125 },
      failover: { one: 27, manual: 3, none: 0.00125 },
      one: { both: 0.125, none: 0.002 },
      none: { one: 0.125 },
      manual: { one: 2 },
    }
    const chain = chainOf(rates)
    const shares = chain.stationary()
    const share = (state: string) => shares[chain.states.indexOf(state)]!
    expect((share('failover') + share('manual') + share('none')) / 0.0005682211530447673).toBeCloseTo(1, 11)
    const isUp = (state: string) => state === 'both' || state === 'one'
    expect((failuresOf(rates, isUp, share) * YEAR) / 17.510044765398657).toBeCloseTo(1, 11)
  })
})

describe('months and years', () => {
  const single = { worth: (lost: Lost) => 1 - lost.length, isOut: (lost: Lost) => lost.length > 0 }
  const free = { toll: () => 0, gap: () => 0 }

  it('are as often good enough as Takács says', () => {
    const system = { parts: [part('server', 500, 1)], crews: 1 }
    const { months } = historyOf(system, { ...single, ...free }, '1', 0)
    // From when it is up; in the long run it is so at the start of 500 months of 501.
    for (const [bound, chance] of [
      [1, 0.23692775868212176],
      [0.999, 0.4570101186670173],
      [0.995, 0.8912914890784628],
      [0.99, 0.9893986256023266],
    ] as const) {
      const { value, low, high } = chanceOf(months, bound)
      // Beyond twice the interval once in ten thousand times.
      expect(Math.abs(value! - chance)).toBeLessThan(high! - low! + 1 / 501)
      expect(high! - low!).toBeLessThan(0.02)
    }
    const away = meanOf(
      months.map((own) => own.reduce((sum, share) => sum + (1 - share) * 720, 0) / own.length),
    )
    expect(Math.abs(away.value! - 1.4351337245668343)).toBeLessThan(away.high! - away.low! + 720 / 501 / 501)
    expect(away.high! - away.low!).toBeLessThan(0.1)
  })

  it('differ from year to year as downtimes add up (Takács 1957; Cox 1962)', () => {
    const server = { ...part('server', 500, 4), repair: new Constant(4 * HOUR) }
    const { annual } = historyOf({ parts: [server], crews: 1 }, { ...single, ...free }, '1', 0)
    const hours = annual.flatMap((own) => [...own].map((share) => (1 - share) * YEAR))
    const mean = hours.reduce((sum, one) => sum + one, 0) / hours.length
    const variance = hours.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (hours.length - 1)
    const error = Math.sqrt(2 / hours.length)
    expect(Math.abs(mean / 69.52380952380952 - 1)).toBeLessThan(0.01)
    expect(Math.abs(variance / YEAR / 0.031244126104292395 - 1)).toBeLessThan(4 * error)
    expect(error).toBeLessThan(0.02)
  })

  it('add up what failures cost at once, and outages of both kinds', () => {
    const server = { ...part('server', 1, 1), life: new Constant(99 * HOUR), repair: new Constant(HOUR) }
    const quick = { ...part('quick', 1, 1), life: new Constant(50 * HOUR), repair: new Constant(0.5 * HOUR) }
    const isOut = (lost: Lost) => lost.includes(0)
    const history = historyOf(
      { parts: [server, quick], crews: 2 },
      { worth: (lost) => (isOut(lost) ? 0 : 1), isOut, toll: (i) => i * 60, gap: (i) => i * 20 },
      '1',
      200 * HOUR,
    )
    const [year] = history.annual[0]!
    const quicks = Math.floor((YEAR * HOUR) / (50.5 * HOUR))
    expect((1 - year!) * YEAR * HOUR).toBeCloseTo(87 * HOUR + quicks * 60, 3)
    // But for those that come while the server is away.
    expect(history.gaps.length / (quicks * history.years)).toBeCloseTo(0.99, 2)
    expect(history.gaps[0]).toBeCloseTo(20, 4)
    expect(history.outages[0]).toBeCloseTo(HOUR, 3)
    expect(history.first.map(({ from, part }) => [Math.round(from / HOUR), part])).toEqual([
      [50, 1],
      [99, 0],
      [101, 1],
      [151, 1],
      [199, 0],
    ])
  })

  it('that are all alike leave a doubt', () => {
    const years = [Float64Array.of(1, 1, 0.99), Float64Array.of(1, 1, 1)]
    expect(chanceOf(years, 0.9)).toEqual({ value: 1, low: 0.5, high: 1 })
    expect(chanceOf(years, 1, true)).toEqual({ value: 0, low: 0, high: 0.5 })
  })
})
