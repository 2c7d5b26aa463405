import { reached } from '../../scenario/reached.js'
import type { Scenario, UsersSpec } from '../../scenario/scenario.js'
import type { FullPlace, Result } from '../result.js'
import { isClosed, isOpen } from './offered.js'
import type { Trial, Trials } from './trials.js'

/** Of what open users ask: others who ask less change nothing that could be told. */
const LITTLE = 0.05

/**
 * What is used most at a rate of open users, and of that which these come to what is full first, and next: at which rate of
 * theirs. What others fill alone is no limit of it.
 */
export function fullIn(scenario: Scenario, qps: number, result: Result): Pick<Trial, 'busiest' | 'limits'> {
  const { bottleneck } = result
  if (bottleneck === null) return { busiest: null, limits: [] }
  const places = bottleneck.next === undefined ? [bottleneck] : [bottleneck, bottleneck.next]
  const told = places.map((place) => ({ ...place, full_at_per_s: openRate(scenario, qps, result, place) }))
  return { busiest: told[0]!, limits: told.filter((place) => comesTo(scenario, isOpen, place)) }
}

/** Requests a second of open users that would fill it; null where they do not, or nobody knows. */
function openRate(scenario: Scenario, qps: number, result: Result, place: FullPlace): number | null {
  const full = place.full_at_per_s
  if (full === null || !comesTo(scenario, isOpen, place)) return null
  const others = (result.qps.offered.value ?? qps) - qps
  if (others <= LITTLE * qps) return full
  // Of what is asked of it open users ask all.
  if (!comesTo(scenario, isClosed, place)) return (full * qps) / (qps + others)
  // Closed users wait where it fills, and ask the less the more the others do: in the end these have all of it. Where more
  // comes than it can do, what closed users still ask is not left for others.
  const left = result.overloaded === undefined ? full : full - others
  return left > 0 ? left : null
}

/** Requests a second of open users at which the first limit is full, as a trial sees it; null where it does not. */
export const fullAt = ({ limits }: Pick<Trial, 'limits'>): number | null => limits[0]?.full_at_per_s ?? null

/** The same by all trials: by the highest rate that it carries, else by the lowest. */
export function knownFull({ all }: Pick<Trials, 'all'>): number | null {
  const told = all.flatMap((trial) => {
    const full = fullAt(trial)
    return full === null ? [] : [{ full, carried: trial.result.overloaded === undefined }]
  })
  return (told.findLast(({ carried }) => carried) ?? told[0])?.full ?? null
}

/** Whether requests of such users come to what can be full: to it, to what runs on it, or along it. */
function comesTo(scenario: Scenario, of: (users: UsersSpec) => boolean, { name, type }: FullPlace): boolean {
  const there = reached(scenario, of)
  if (type === 'component') return there.has(name)
  if (type === 'host') return scenario.components.some((one) => one.host === name && there.has(one.name))
  const [from, to] = name.split(' -> ') as [string, string]
  const asking = scenario.users.find((one) => one.name === from)
  return asking === undefined ? there.has(from) && there.has(to) : of(asking)
}
