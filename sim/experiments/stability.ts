import { Outcome } from '../parts/outcome.js'
import type { Scenario } from '../scenario/scenario.js'
import { meanOf } from '../stats/estimate.js'
import type { ComponentRecord, ReplicationRecord } from './replicate.js'
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

/** What has a capacity: a component, or the CPU of a host, by the component that uses most of it. */
interface Place {
  component: string
  cpu: string | null
  /** Offered load in each replication: work that comes, over work that can be done. */
  loads: number[]
  /** Whether it is in use all the time, in each replication. */
  full: boolean
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
  if (!isSteady(scenario)) return null
  const places = placesOf(scenario, records)
  const limit = places.find(({ loads }) => meanOf(loads, LIKELY).low! >= NEAR)
  const exceeds = (values: readonly number[]) => meanOf(values, BEYOND_DOUBT).low! > ABOVE
  const verdict = (place: Place, what: string): Unstable => {
    const { component, cpu } = limit ?? place
    const where = cpu === null ? '' : ` of the CPU of ${cpu}`
    return {
      component,
      reason: `offered load ${what} capacity${where}`,
      growth_per_s: growthOf(scenario, records),
    }
  }

  const rising = scenario.components.filter(({ name }) => rises(stepsOf(records, name)))
  const above = places.find(({ loads }) => exceeds(loads))
  if (above && rising.length > 0) return verdict(above, 'above')
  const full = places.find((place) => place.full)
  if (full && rising.some(({ name }) => climbs(records, name))) return verdict(full, 'at or above')
  if (!limit || meanOf(limit.loads, LIKELY).high! < 1) return null
  const growing = rising.some(({ name }) => exceeds(records.map((r) => backingUp(r.components[name]!))))
  if (growing) return verdict(limit, 'at or above')
  const lossless = records.every(({ all }) => all.outcomes[Outcome.ok]! >= (1 - LOSSLESS) * sum(all.outcomes))
  return lossless && !scenario.users.some(isClosed) ? verdict(limit, 'at') : null
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

/** Those that are called before those that call, a host before what runs on it. */
function placesOf({ components, hosts }: Scenario, records: readonly ReplicationRecord[]): Place[] {
  const used = (name: string) => sum(records.map((r) => r.components[name]!.utilization))
  const backlog = (record: ReplicationRecord, names: readonly string[]) =>
    Math.max(...names.map((name) => backingUp(record.components[name]!)))
  const place = (names: readonly string[], cpu: string | null): Place => {
    const uses = records.map((r) => (cpu === null ? r.components[names[0]!]! : r.hosts[cpu]!).utilization)
    return {
      component: names.reduce((most, name) => (used(name) > used(most) ? name : most)),
      cpu,
      loads: records.map((r, i) => Math.min(1, uses[i]!) * backlog(r, names)),
      full: uses.every((use) => use >= NEAR),
    }
  }
  const hostsFirst = hosts.flatMap(({ name }) => {
    const own = components.filter((c) => c.host === name).map((c) => c.name)
    return own.length > 0 ? [place(own, name)] : []
  })
  return components.flatMap(({ name, host }, i) => {
    const begins = host !== null && components.findIndex((c) => c.host === host) === i
    return [...hostsFirst.filter(({ cpu }) => begins && cpu === host), place([name], null)]
  })
}

/** Requests that came in over those that left. */
function backingUp({ entered, outcomes }: ComponentRecord): number {
  const left = sum(outcomes)
  return left > 0 ? entered / left : 1
}

/** What the number inside grew by, in each replication, from one section of the measured span to the next. */
function stepsOf(records: readonly ReplicationRecord[], name: string): number[][] {
  return records.map(({ inside, warmBins }) => {
    const bins = inside[name]!.slice(warmBins)
    const size = Math.floor(bins.length / SECTIONS)
    const means = Array.from({ length: SECTIONS }, (_, i) => sum(bins.slice(i * size, (i + 1) * size)) / size)
    return means.slice(1).map((mean, i) => mean - means[i]!)
  })
}

/** Whether a backlog grows on in the second half: not one that fills a queue, or lasts until patience ends. */
function rises(steps: readonly number[][]): boolean {
  const all = meanOf(steps.flat()).value!
  return all > 0 && meanOf(steps.flatMap((own) => own.slice(SECTIONS / 2))).value! > all / 2
}

/**
 * Whether the number inside grows beyond doubt, by its steps. Where a place is full, they are those of a random walk,
 * so that few replications have steps enough; where it is not, what went up comes down, and the steps differ by more
 * than their sum does.
 */
function climbs(records: readonly ReplicationRecord[], name: string): boolean {
  const { value, low } = meanOf(stepsOf(records, name).flat(), BEYOND_DOUBT)
  const most = Math.max(...records.map((r) => backingUp(r.components[name]!)))
  return most > ABOVE && value! - (value! - low!) * Math.sqrt(SMOOTHED) > 0
}

/** Requests a second by which the backlog grows, where it grows most. */
function growthOf({ components, lasts }: Scenario, records: readonly ReplicationRecord[]): number {
  const growths = components.map(({ name }) => {
    const own = records.map((r) => r.components[name]!)
    return sum(own.map(({ entered, outcomes }) => entered - sum(outcomes))) / own.length / lasts
  })
  return Math.max(0, ...growths)
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
