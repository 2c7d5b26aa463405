import type { Scenario } from '../../scenario/scenario.js'
import type { Estimate } from '../../stats/estimate.js'
import type { Capacity, Cost, Step } from './answer.js'

/** What the hosts cost a month, and what a unit of that carries; nothing where none says what it costs. */
export function costOf({ hosts }: Pick<Scenario, 'hosts'>, { value }: Estimate): { cost?: Cost } {
  const known = hosts.flatMap(({ cost }) => (cost === undefined ? [] : [cost]))
  if (known.length === 0) return {}
  const month = known.reduce((sum, one) => sum + one, 0)
  const unknown = hosts.filter(({ cost }) => cost === undefined).map(({ name }) => name)
  return { cost: { month, unknown, qps_per_cost: value === null || month === 0 ? null : value / month } }
}

/** What the next unit of money buys: from each scenario whose cost is known to the next dearer one. */
export function stepsOf(all: readonly Capacity[], names: readonly string[]): Step[] {
  const priced = all
    .flatMap(({ cost, qps }, i) => (cost === undefined ? [] : [{ name: names[i]!, month: cost.month, qps }]))
    .sort((a, b) => a.month - b.month)
  return priced.slice(1).map((to, i) => {
    const from = priced[i]!
    const cost = to.month - from.month
    const qps = less(to.qps, from.qps)
    return {
      from: from.name,
      to: to.name,
      cost,
      qps,
      qps_per_cost: qps.value === null || cost === 0 ? null : qps.value / cost,
    }
  })
}

/** Of two whose errors may go together: the interval holds whether they do or not. */
function less(a: Estimate, b: Estimate): Estimate {
  const of = (x: number | null, y: number | null) => (x === null || y === null ? null : x - y)
  return { value: of(a.value, b.value), low: of(a.low, b.high), high: of(a.high, b.low) }
}
