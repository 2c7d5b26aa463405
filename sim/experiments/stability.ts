import type { Scenario } from '../scenario/scenario.js'
import { type Estimate, meanOf } from '../stats/estimate.js'
import type { ComponentRecord, ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'

type Unstable = NonNullable<Result['unstable']>

/** A backlog that grows over the second half of the run by this share of what stands there is no fluctuation. */
const GROWTH = 0.25
const BEYOND_DOUBT = 0.999
/** In runs of a few hundred requests a queue that fills from empty looks like one that grows. */
const TREND = 0.9999
const LIKELY = 0.99
/** Above capacity by more than what comes and goes in a bounded queue can make of it. */
const ABOVE = 1.002
/** A load that is known to be this near capacity, and not known to be below it. */
const NEAR = 0.98
/** With random faults, the share of the replications that must agree: those that were not struck tell. */
const AGREED = 0.9
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
 * - The backlog grows: over the second half of the measured span the number inside a component rises, in the mean
 *   over the replications beyond doubt and by a quarter of itself or more, and some place may be at its capacity
 *   (where a run is too short to settle the number rises too, but the load is known to be less).
 * - At capacity: no requests are lost, and the load is known to be near 1 and not known to be below. At a load of 1
 *   the backlog wanders like the square root of time, which no trend test sees.
 *
 * A full queue that refuses, patience that ends, a timeout that takes requests out of a queue: these settle, with
 * losses; so do closed users. Faults at set times and profiles have no steady state to begin with. Of several places
 * in a row the one lowest down is named: it holds up the others.
 */
export function instabilityOf(scenario: Scenario, records: readonly ReplicationRecord[]): Unstable | null {
  if (!isSteady(scenario) || records.length < 2) return null
  const places = placesOf(scenario, records)
  const limit = places.find(({ loads }) => meanOf(loads, LIKELY).low! >= NEAR)
  const growths = scenario.components.map(({ name }) => growthOf(scenario, records, name))
  const growth_per_s = Math.max(0, ...growths.map(({ mean }) => mean.value!))
  const agree = (values: readonly number[], bound: number) =>
    scenario.faults.length === 0 || values.filter((x) => x > bound).length >= AGREED * values.length
  const verdict = (place: Place, what: string): Unstable => {
    const { component, cpu } = limit ?? place
    const where = cpu === null ? '' : ` of the CPU of ${cpu}`
    return { component, reason: `offered load ${what} capacity${where}`, growth_per_s }
  }

  const above = places.find(({ loads }) => meanOf(loads, BEYOND_DOUBT).low! > ABOVE && agree(loads, ABOVE))
  if (above) return verdict(above, 'above')

  const spare =
    scenario.faults.length === 0 && places.every(({ loads }) => meanOf(loads, BEYOND_DOUBT).high! < 1)
  const growing = growths.find(
    ({ mean, level, each }) =>
      mean.low! > 0 && (mean.value! * scenario.lasts) / 2 > GROWTH * level && agree(each, 0),
  )
  if (growing && !spare) return verdict({ component: growing.name, cpu: null, loads: [] }, 'at or above')

  const lossless = records.every(({ all }) => all.outcomes[0]! >= (1 - LOSSLESS) * sum(all.outcomes))
  if (limit && meanOf(limit.loads, LIKELY).high! >= 1 && lossless && !scenario.users.some(isClosed))
    return verdict(limit, 'at')
  return null
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

interface Growth {
  name: string
  /** Requests a second, in the mean and in each replication. */
  mean: Estimate
  each: number[]
  /** Requests that stand there, in the mean. */
  level: number
}

/** By how much the number inside a component grows, over the second half of the measured span. */
function growthOf({ lasts }: Scenario, records: readonly ReplicationRecord[], name: string): Growth {
  const halves = records.map(({ inside, warmBins }) => {
    const bins = inside[name]!
    return bins.slice((warmBins + bins.length) / 2)
  })
  const each = halves.map((half) => (slope(half) * half.length * 2) / lasts)
  return { name, mean: meanOf(each, TREND), each, level: average(halves.map(average)) }
}

/** Slope of the least-squares line through equally spaced values. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const level = average(values)
  let up = 0
  let down = 0
  values.forEach((y, x) => {
    up += (x - middle) * (y - level)
    down += (x - middle) ** 2
  })
  return up / down
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const average = (values: readonly number[]): number => sum(values) / values.length
