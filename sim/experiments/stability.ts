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
/** Below this share of failures nothing but queues takes up what is too much. */
const LOSSLESS = 0.001

/** What has a capacity: a component, or the CPU of a host, by the component that uses most of it. */
interface Place {
  component: string
  cpu: string | null
  /** Offered load in each replication: work that comes, over work that can be done. */
  loads: number[]
}

/**
 * Whether the offered load is at or above the capacity of some place, so that there is no steady state. The load is
 * the place's utilization times the requests that came in over those that left: what it did, and what it would have
 * had to do for those that still stand there.
 *
 * - Above capacity: a load above 1, beyond doubt (99.9 %).
 * - At or above capacity: the load is known to be near 1 and not known to be below, and somewhere more requests came
 *   in than left, beyond doubt: the place is full, and the backlog stands before it.
 * - At capacity: the load is known to be near 1 and not known to be below, and no request is lost. The backlog of a
 *   load of 1 wanders like the square root of time, in which no test sees a trend.
 *
 * A full queue that refuses, patience that ends, a timeout that takes requests out of a queue: these settle, with
 * losses; so do closed users. Faults at set times and profiles have no steady state to begin with. Of several places
 * in a row the one lowest down is named: it holds up the others.
 */
export function instabilityOf(scenario: Scenario, records: readonly ReplicationRecord[]): Unstable | null {
  if (!isSteady(scenario) || records.length < 2) return null
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

  const above = places.find(({ loads }) => exceeds(loads))
  if (above) return verdict(above, 'above')
  if (!limit || meanOf(limit.loads, LIKELY).high! < 1) return null
  const growing = scenario.components.some(({ name }) =>
    exceeds(records.map((r) => backingUp(r.components[name]!))),
  )
  if (growing) return verdict(limit, 'at or above')
  const lossless = records.every(({ all }) => all.outcomes[0]! >= (1 - LOSSLESS) * sum(all.outcomes))
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
  const place = (names: readonly string[], cpu: string | null): Place => ({
    component: names.reduce((most, name) => (used(name) > used(most) ? name : most)),
    cpu,
    loads: records.map((r) => {
      const { utilization } = cpu === null ? r.components[names[0]!]! : r.hosts[cpu]!
      return Math.min(1, utilization) * backlog(r, names)
    }),
  })
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

/** Requests a second by which the backlog grows, where it grows most. */
function growthOf({ components, lasts }: Scenario, records: readonly ReplicationRecord[]): number {
  const growths = components.map(({ name }) => {
    const own = records.map((r) => r.components[name]!)
    return sum(own.map(({ entered, outcomes }) => entered - sum(outcomes))) / own.length / lasts
  })
  return Math.max(0, ...growths)
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
