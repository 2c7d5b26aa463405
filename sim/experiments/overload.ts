import { Outcome } from '../parts/outcome.js'
import type { Scenario } from '../scenario/scenario.js'
import { ratioOf } from '../stats/estimate.js'
import {
  askedOf,
  holdsUp,
  type Limit,
  limitsOf,
  loadOf,
  matters,
  pressureOn,
  sum,
  useOf,
} from './fullness.js'
import { weightOfAll, weightsOf } from './groups.js'
import type { ReplicationRecord } from './replicate.js'
import type { Overloaded, Result } from './result.js'
import { unsettledOf } from './stability.js'

/** In use so much that it is full. */
const FULL = 0.95
/** Of several that are full nobody can tell by so little which is more. */
const ALIKE = 0.03
/** A share of failures that is no accident. */
const FAILING = 0.001
/** A load above 1 by more than chance. */
const ABOVE = 1.01

/** What is asked of a scenario beyond what it can do. */
interface Overload {
  unstable: Result['unstable'] | null
  /** Of what visitors wait for, or fail for. */
  overloaded: Overloaded | null
}

/**
 * Whether something cannot keep up, and what: the one judgement of run, compare, sweep and their pages.
 *
 * - The run never settles (`unsettledOf`): work comes in faster than it is done, and waits somewhere.
 * - It settles with losses: a limit is in use all the time, or by its own count more comes than it can do, and requests
 *   fail or less is answered than asked.
 * - A replica applies less than its primary writes: no visitor waits for that, but its lag grows without end.
 */
export function overloadOf(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
  all: readonly Limit[] = limitsOf(scenario, records),
): Overload {
  const limits = all.filter(matters)
  const unsettled = unsettledOf(scenario, records, limits)
  if (unsettled !== null) {
    const { limit, unstable } = unsettled
    return {
      unstable,
      overloaded: { ...told(scenario, limit, records), growth_per_s: unstable.growth_per_s },
    }
  }
  const limit = losing(limits, records, scenario.lasts)
  if (limit !== null) return { unstable: null, overloaded: told(scenario, limit, records) }
  return { unstable: null, overloaded: behind(scenario, limits, records) }
}

function told({ lasts }: Scenario, limit: Limit, records: readonly ReplicationRecord[]): Overloaded {
  const offered = sum(records.map((r) => r.all.offered)) / weightOfAll(records) / lasts
  const own = loadOf(limit)
  const load = own === null ? pressureOn(limit, records) : own / cameThrough(limit, records)
  return {
    component: limit.name,
    type: limit.type,
    place: limit.place,
    capacity_per_s: offered / Math.max(1, load),
    offered_per_s: offered,
    growth_per_s: 0,
  }
}

/** Share of visitors whose bytes came to a line: who was turned away before it would have been too much for it as well. */
function cameThrough({ type }: Limit, records: readonly ReplicationRecord[]): number {
  if (type === 'component') return 1
  const ended = sum(records.map(({ all }) => sum(all.outcomes)))
  const waited = sum(records.map(({ all }) => sum(WAITED.map((outcome) => all.outcomes[outcome]!))))
  return waited > 0 ? waited / ended : 1
}

/** How requests end that are let in. */
const WAITED = [
  Outcome.ok,
  Outcome.timeout,
  Outcome.gatewayTimeout,
  Outcome.connectTimeout,
  Outcome.abandoned,
]

/** What requests fail for, where the overload settles. */
function losing(
  limits: readonly Limit[],
  records: readonly ReplicationRecord[],
  lasts: number,
): Limit | null {
  const ok = sum(records.map(({ all }) => all.outcomes[Outcome.ok]!))
  const ended = sum(records.map(({ all }) => sum(all.outcomes)))
  const fails = ended > 0 && 1 - ok / ended > FAILING
  const rate = (of: 'answered' | 'offered') =>
    ratioOf(
      records.map(({ all }) => all[of] / lasts),
      weightsOf(records),
    )
  const [answered, offered] = [rate('answered'), rate('offered')]
  const lacks = (answered.high ?? Number.POSITIVE_INFINITY) < (offered.low ?? 0)
  if (!fails && !lacks) return null
  const most = Math.max(0, ...limits.map(useOf))
  const full = limits.find((limit) => useOf(limit) >= Math.max(FULL, most - ALIKE) && holdsUp(limit))
  return (
    full ??
    limits.find((limit) => !limit.aside && (loadOf(limit) ?? 0) > ABOVE) ??
    // What refuses at once stands empty between one and the next, however many come.
    limits.find((limit) => limit.refused.some((share) => share > FAILING) && askedOf(limit) > ABOVE) ??
    null
  )
}

/** The replicas that apply less than their primary writes, and by how much their lag grows, in seconds a second. */
export function laggingOf(limits: readonly Limit[]): ReadonlyMap<string, number> {
  const those = limits.filter(
    ({ aside, loads, uses }) =>
      aside && loads !== null && uses.every((use) => use >= FULL) && loads.every((load) => load > ABOVE),
  )
  return new Map(those.map((limit) => [limit.name, 1 - 1 / loadOf(limit)!]))
}

/** A replica that cannot keep up. */
function behind(
  scenario: Scenario,
  limits: readonly Limit[],
  records: readonly ReplicationRecord[],
): Overloaded | null {
  const lagging = laggingOf(limits)
  const limit = limits.find(({ aside, name }) => aside && lagging.has(name))
  return limit === undefined
    ? null
    : { ...told(scenario, limit, records), lag_growth: lagging.get(limit.name)! }
}
