import { Outcome } from '../parts/outcome.js'
import type { Scenario } from '../scenario/scenario.js'
import { type Estimate, weightedMeanOf } from '../stats/estimate.js'
import { backingUp, holdsUp, type Limit, limitsOf, matters, sum } from './fullness.js'
import { weightOf, weightOfAll, weightsOf } from './groups.js'
import type { ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'

type Unstable = NonNullable<Result['unstable']>

const BEYOND_DOUBT = 0.999
const LIKELY = 0.99
/** Above 1 by more than what comes and goes in a bounded queue can make of it. */
const ABOVE = 1.002
/** A load that is known to be this near capacity, and not known to be below it. */
const NEAR = 0.98
/** Sections of the measured span from one to the next of which a backlog is seen to grow. */
const SECTIONS = 10
/** The variance of what a random walk grows by, over that of the steps between its means over sections. */
const SMOOTHED = 1.5
/** Below this share of failures nothing but queues takes up what is too much. */
const LOSSLESS = 0.001

/** What cannot keep up, and in which words. */
interface Unsettled {
  readonly limit: Limit
  readonly unstable: Unstable
}

/**
 * Whether the offered load is at or above the capacity of some place, so that there is no steady state. The load is
 * the place's utilization times the requests that came in over those that left: what it did, and what it would have
 * had to do for those that still stand there.
 *
 * - Above capacity: a load above 1, beyond doubt (99.9 %), and a backlog that goes on growing.
 * - At or above capacity: the load is known to be near 1 and not known to be below, and somewhere more requests came
 *   in than left, beyond doubt: the place is full, and the backlog stands before it. One replication or a few cannot
 *   tell that from their differences: there the place is full in each, and the backlog climbs from section to section
 *   of the span, beyond doubt.
 * - At capacity: the load is known to be near 1 and not known to be below, and no request is lost. The backlog of a
 *   load of 1 wanders like the square root of time, in which no test sees a trend.
 *
 * A full queue that refuses, patience that ends, a timeout that takes requests out of a queue: these settle, with
 * losses; so do closed users. Faults at set times and profiles have no steady state to begin with. Of several places
 * in a row the one lowest down is named: it holds up the others.
 */
export function instabilityOf(scenario: Scenario, records: readonly ReplicationRecord[]): Unstable | null {
  return unsettledOf(scenario, records, limitsOf(scenario, records).filter(matters))?.unstable ?? null
}

/** The same, with what cannot keep up. */
export function unsettledOf(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
  limits: readonly Limit[],
): Unsettled | null {
  if (!isSteady(scenario)) return null
  const backlogs = [...scenario.components.map(({ name }) => backlogOf(records, name)), unansweredIn(records)]
  const visitors = backlogs.at(-1)!
  const places = limits.filter(holdsUp).map((limit) => placeOf(limit, records, visitors))
  const weights = weightsOf(records)
  const mean = (values: readonly number[], confidence: number) => weightedMeanOf(values, weights, confidence)
  const above = (values: readonly number[]) => mean(values, BEYOND_DOUBT).low! > ABOVE
  const first = places.find(({ loads }) => mean(loads, LIKELY).low! >= NEAR)
  const verdict = (place: Place, what: string): Unsettled => {
    const { limit } = first ?? place
    const where = limit.type === 'component' ? '' : ` of the ${limit.place} of ${limit.name}`
    return {
      limit,
      unstable: {
        component: limit.component,
        reason: `offered load ${what} capacity${where}`,
        growth_per_s: growthOf(scenario, records),
      },
    }
  }

  const rising = backlogs.filter(rises)
  const exceeded = places.find(({ loads }) => above(loads))
  if (exceeded && rising.length > 0) return verdict(exceeded, 'above')
  const full = places.find((place) => place.full)
  if (full && rising.some(climbs)) return verdict(full, 'at or above')
  if (!first || mean(first.loads, LIKELY).high! < 1) return null
  if (rising.some(({ ratios }) => above(ratios))) return verdict(first, 'at or above')
  const lossless = records.every(({ all }) => all.outcomes[Outcome.ok]! >= (1 - LOSSLESS) * sum(all.outcomes))
  return lossless && !scenario.users.some(isClosed) ? verdict(first, 'at') : null
}

/** Whether there is a steady state to look for: users who come at a rate that stays, and no fault at a set time. */
function isSteady({ faults, users }: Scenario): boolean {
  return (
    faults.every(({ timed }) => timed === null) &&
    users.every(({ profile }) => profile === null) &&
    !users.every(isClosed)
  )
}

function isClosed({ arrive }: Scenario['users'][number]): boolean {
  return 'users' in arrive
}

/** A limit, and how much is asked of it. */
interface Place {
  readonly limit: Limit
  /** Offered load in each replication: work that comes, over work that can be done. */
  readonly loads: number[]
  /** Whether it is in use all the time, in each replication. */
  readonly full: boolean
}

function placeOf(limit: Limit, records: readonly ReplicationRecord[], visitors: Backlog): Place {
  const { components, uses } = limit
  const full = uses.every((use) => use >= NEAR)
  const backing = (record: ReplicationRecord, i: number) =>
    Math.max(
      ...components.map((name) => backingUp(record.components[name]!)),
      // Who waits outside, with a SYN to be sent again, waits for what is full.
      ...(full ? [visitors.ratios[i]!] : []),
    )
  return { limit, loads: records.map((r, i) => uses[i]! * backing(r, i)), full }
}

/** Requests that wait somewhere, or are served. */
interface Backlog {
  /** Replications that each of these is of. */
  readonly weights: number[]
  /** Those that came in over those that left, in each replication. */
  readonly ratios: number[]
  /** What their number grew by, in each replication, from one section of the measured span to the next. */
  readonly steps: number[][]
}

/** Inside a component. */
const backlogOf = (records: readonly ReplicationRecord[], name: string): Backlog => ({
  weights: weightsOf(records),
  ratios: records.map((r) => backingUp(r.components[name]!)),
  steps: records.map(({ inside, warmBins }) => stepsOf(inside[name]!.slice(warmBins))),
})

/** Of visitors, wherever they wait; those that have come over those that have ended, in the second half of the span. */
function unansweredIn(records: readonly ReplicationRecord[]): Backlog {
  return {
    weights: weightsOf(records),
    ratios: records.map(({ timeline }) => {
      const half = timeline.slice(timeline.length / 2)
      const ended = sum(half.map(({ ok, failed }) => ok + failed))
      return ended > 0 ? sum(half.map(({ offered }) => offered)) / ended : 1
    }),
    steps: records.map((record) => stepsOf(unanswered(record))),
  }
}

/** Visitors who have come in the measured span and have no outcome, at the end of each window; in the mean of a group. */
function unanswered(record: ReplicationRecord): number[] {
  const weight = weightOf(record)
  let under = 0
  return record.timeline.map(({ offered, ok, failed }) => (under += offered - ok - failed) / weight)
}

function stepsOf(bins: readonly number[]): number[] {
  const size = bins.length / SECTIONS
  const means = Array.from({ length: SECTIONS }, (_, i) => sum(bins.slice(i * size, (i + 1) * size)) / size)
  return means.slice(1).map((mean, i) => mean - means[i]!)
}

/** Whether a backlog grows on in the second half: not one that fills a queue, or lasts until patience ends. */
function rises({ steps, weights }: Backlog): boolean {
  const all = meanStep(steps, weights).value!
  const late = steps.map((own) => own.slice(SECTIONS / 2))
  return all > 0 && meanStep(late, weights).value! > all / 2
}

const meanStep = (steps: readonly number[][], weights: readonly number[], confidence?: number): Estimate =>
  weightedMeanOf(
    steps.flat(),
    steps.flatMap((own, i) => own.map(() => weights[i]!)),
    confidence,
  )

/**
 * Whether the number inside grows beyond doubt, by its steps. Where a place is full, they are those of a random walk,
 * so that few replications have steps enough; where it is not, what went up comes down, and the steps differ by more
 * than their sum does.
 */
function climbs({ steps, weights, ratios }: Backlog): boolean {
  const { value, low } = meanStep(steps, weights, BEYOND_DOUBT)
  return Math.max(...ratios) > ABOVE && value! - (value! - low!) * Math.sqrt(SMOOTHED) > 0
}

/**
 * Requests a second by which the backlog grows: of visitors who are neither answered nor have failed, wherever they
 * wait; or, where they give up and what they asked for goes on, inside the component where it grows most.
 */
function growthOf({ components, lasts }: Scenario, records: readonly ReplicationRecord[]): number {
  const replications = weightOfAll(records)
  const growths = components.map(({ name }) => {
    const own = records.map((r) => r.components[name]!)
    return sum(own.map(({ entered, outcomes }) => entered - sum(outcomes))) / replications / lasts
  })
  return Math.max(growthOfVisitors(lasts, records), ...growths)
}

/** Visitors a second who come and are neither answered nor have failed, in the second half of the measured span. */
function growthOfVisitors(lasts: number, records: readonly ReplicationRecord[]): number {
  const grown = records.map((record) => {
    const under = unanswered(record)
    const half = Math.floor(under.length / 2)
    const each =
      under.length < 2 ? 0 : (under.at(-1)! - under[half - 1]!) / (lasts * (1 - half / under.length))
    return each * weightOf(record)
  })
  return Math.max(0, sum(grown) / weightOfAll(records))
}
