import { refsIn } from '../options/walk.js'
import { leadsFurther, ledTo } from '../parts/kind.js'
import { requestsEach, type Scenario, type UsersSpec, warmupOf } from '../scenario/scenario.js'

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
    const rate = rateOf(one, -warmupOf(scenario)) * requestsEach(one)
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

/**
 * Of the requests that come to each component, the share that has a connection to itself: of a page few have. 1 where
 * nobody comes who loads pages, and behind boxes that open connections of their own.
 */
export function openingShares(scenario: Scenario): ReadonlyMap<string, number> {
  const { users, components } = scenario
  const counts = new Map(components.map(({ name }) => [name, { opened: 0, asked: 0 }]))
  const pass = (to: string, opened: number, asked: number) => {
    const own = counts.get(to)!
    own.opened += opened
    own.asked += asked
    const spec = components.find(({ name }) => name === to)!
    const led = ledTo(spec)
    if (leadsFurther(spec)) for (const ref of led) pass(ref, opened / led.length, asked / led.length)
  }
  if (users.some(({ page }) => page !== undefined))
    for (const one of users) {
      const rate = 'users' in one.arrive ? one.arrive.users : one.arrive.open.rate
      if (!one.malicious) pass(one.to, rate * connectionsOf(one), rate * requestsEach(one))
    }
  return new Map([...counts].map(([name, { opened, asked }]) => [name, asked > 0 ? opened / asked : 1]))
}

function connectionsOf({ page }: UsersSpec): number {
  if (page === undefined || page.http === '2') return 1
  return Math.min(page.connections, page.assets)
}

/** @param at seconds of the measured span */
function rateOf({ arrive, profile }: UsersSpec, at: number): number {
  if ('users' in arrive) return Number.POSITIVE_INFINITY
  return arrive.open.rate * (profile?.line(at).factor ?? 1)
}
