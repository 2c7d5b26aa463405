import { refsIn } from '../options/walk.js'
import { type Scenario, type UsersSpec, warmupOf } from '../scenario/scenario.js'

/**
 * Requests per second by class that come to each component when a run begins, as far as the scenario tells: what a
 * cache or a table held before. As if every box passed on all that comes, and those of one list took equal parts.
 * Attackers are left out: an attack begins with the run. `Infinity` where closed users ask: nobody knows how often.
 */
export function expectedRates(scenario: Scenario): ReadonlyMap<string, readonly number[]> {
  const { users, components, classes } = scenario
  const rates = new Map(components.map(({ name }) => [name, classes.map(() => 0)]))
  const add = (to: string, more: readonly number[], share: number) => {
    const own = rates.get(to)!
    for (const [i, rate] of more.entries()) own[i]! += rate * share
  }
  for (const one of users) {
    if (one.malicious) continue
    const rate = rateOf(one, -warmupOf(scenario))
    const mixed = classes.map((name) => (one.mix.get(name) ?? 0) * rate)
    add(
      one.to,
      mixed.map((of) => (Number.isNaN(of) ? 0 : of)),
      1,
    )
  }
  // Those that call before those that are called.
  for (const { name, options } of [...components].reverse()) {
    for (const option of Object.values(options)) {
      const asked = refsIn(option).filter(({ role }) => role === 'serves')
      for (const ref of asked) add(ref.name, rates.get(name)!, 1 / asked.length)
    }
  }
  return rates
}

/** @param at seconds of the measured span */
function rateOf({ arrive, profile }: UsersSpec, at: number): number {
  if ('users' in arrive) return Number.POSITIVE_INFINITY
  return arrive.open.rate * (profile?.line(at).factor ?? 1)
}
