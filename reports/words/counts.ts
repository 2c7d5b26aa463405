import type { ComponentResult, Result } from '../../sim/experiments/result.js'
import { type Count, UNITS } from '../../sim/parts/count.js'
import { type Kind, withOwnCounts } from '../../sim/parts/kind.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { type Estimate, scaled } from '../../sim/stats/estimate.js'
import { counted, digits, plusMinus } from './numbers.js'

/** A number that a component reports beyond those that all have, and what its kind says of it. */
interface Counted {
  readonly name: string
  readonly estimate: Estimate
  readonly count: Count
  /** In how many replications there is one; null: in all. */
  readonly found: number | null
}

/** The kind of each component, by the component's name. */
export const kindsOf = ({ components }: Scenario): ReadonlyMap<string, Kind> =>
  new Map(components.map(({ name, kind, options }) => [name, withOwnCounts(kind, options)]))

/** What a component counted, as far as there is something to tell. */
export function countedBy(component: ComponentResult, { counts = {} }: Kind): Counted[] {
  return Object.entries(component.extra ?? {})
    .filter(([, estimate]) => estimate.value !== null)
    .map(([name, estimate]) => {
      const found = component.extra_replications?.[name] ?? null
      return { name, estimate, count: counts[name]!, found }
    })
}

/** Without zeros, unless another count makes them news. */
function worthTelling(counted: readonly Counted[]): Counted[] {
  const isZero = (name: string | undefined) => !counted.find((one) => one.name === name)?.estimate.value
  return counted.filter(({ name, count }) => !isZero(name) || !isZero(count.zeroBeside))
}

/** A count with its interval and unit: `12.3 ±0.4 ms`. */
export function inItsUnit(estimate: Estimate, { unit }: Pick<Count, 'unit'>): string {
  const { shown, sign } = UNITS[unit]
  const show = unit === 'count' ? counted : digits
  return estimate.value === null ? '–' : `${plusMinus(scaled(estimate, shown), show)}${sign}`
}

/** ` (in 3 of 4 runs)`, where it is a mean over these: that of another count may be over others. */
export const foundIn = (found: number | null, replications: number): string =>
  found === null ? '' : ` (in ${found} of ${replications} runs)`

/** What each component counted, in a line. */
export const countLines = (result: Result, scenario: Scenario): string[] =>
  linesOf(result, scenario, worthTelling)

/** The counts that even a short report has to tell. */
export const newsLines = (result: Result, scenario: Scenario): string[] => linesOf(result, scenario, news)

/** Less than half of one in the mean is none. */
const HALF = 0.5

/** What there is too much of, and too little, with how much there should be. */
function news(counted: readonly Counted[]): Counted[] {
  const meanOf = (other: string) => counted.find(({ name }) => name === other)?.estimate.value ?? 0
  const short = counted.flatMap(({ name, estimate, count: { newsBelow } }) =>
    newsBelow !== undefined && estimate.value! <= meanOf(newsBelow) - HALF ? [name, newsBelow] : [],
  )
  return counted.filter(
    ({ name, estimate, count }) =>
      short.includes(name) || estimate.value! >= (count.newsFrom ?? Number.POSITIVE_INFINITY),
  )
}

function linesOf(
  result: Result,
  scenario: Scenario,
  choose: (counted: readonly Counted[]) => Counted[],
): string[] {
  const kinds = kindsOf(scenario)
  return Object.entries(result.components).flatMap(([name, component]) => {
    const told = choose(countedBy(component, kinds.get(name)!))
    const items = told.map(
      ({ estimate, count, found }) =>
        `${count.says} ${inItsUnit(estimate, count)}${foundIn(found, result.replications)}`,
    )
    return items.length > 0 ? [`${name}: ${items.join(', ')}.`] : []
  })
}
