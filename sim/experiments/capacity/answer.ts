import type { Estimate } from '../../stats/estimate.js'
import type { FullPlace, Judgement, Latency, LatencyOfAll, Result } from '../result.js'

/** What `nines capacity` prints: version 1 of the outside contract. */
export interface CapacityReport {
  version: 1
  capacities: Capacity[]
  /** What the next unit of money buys, where several say what they cost. */
  steps?: Step[]
  interrupted?: { planned: number }
}

/**
 * What `nines capacity` finds out about one scenario. Rates are requests a second of all open users together, scaled in
 * proportion; in the mean over the measured span, where they come and go.
 */
export interface Capacity {
  scenario: string
  /** As the user named it. */
  file: string
  seed: string
  /** What is to be kept, as written: `latency_p99 <= 200ms`. */
  objectives: string[]
  /** The scenario has none that a rate can keep: these are the usual ones. */
  assumed?: true
  /**
   * The largest rate that keeps all of them. Null where none breaks at any rate, as far as was asked (`low`), or where it
   * is not known (interrupted); 0 where one is broken at every rate that was tried, down to a fiftieth of what the bottleneck carries.
   */
  qps: Estimate
  /** Half of that interval over the value: what was wanted, and what was reached; null where there is none. */
  within: { wanted: number; reached: number | null }
  /** The metric of the objective that breaks there; null where none does. */
  binding: string | null
  /**
   * Of what open users come to: what is used most at that rate (where there is none, at the lowest or the highest that was
   * tried: `limits_at_qps`), and what would be full next, if there were more of it.
   */
  bottleneck: Limit | null
  next: Limit | null
  /** A rate that was tried: at that they are used so much. */
  limits_at_qps: number
  /** The rate at which the bottleneck is full: no objective on latency is kept beyond it. Null where nobody knows. */
  bound_qps: number | null
  /** The rate at which each objective breaks, if nothing but it mattered. */
  breaks: Break[]
  /** Closed users, who are there at any rate of the open ones, and what they ask at the lowest that was tried: requests a second. */
  closed?: { users: string[]; qps: number }
  /** What was tried, from the lowest rate on. */
  points: CapacityPoint[]
  /** The same with each host (component, where there are no hosts) dead from the start; not there if nobody asked. */
  without?: CapacityWithout[]
  /** Hosts, and what they cost a month, where they say so. */
  hosts: number
  cost?: Cost
  /** What `expect: capacity:` demands. */
  expectations?: Judgement[]
  /** It was told to stop before all was known. */
  interrupted?: true
  notes: string[]
}

/** Of a `FullPlace` what of it is full, how much of it is used, and at which rate of open users it is full. */
export interface Limit extends Omit<FullPlace, 'name'> {
  part: string
}

interface Break {
  objective: string
  metric: string
  /** As of a capacity; null in all where there was nothing to judge. */
  qps: Estimate
}

export interface CapacityPoint {
  qps: number
  met: Judgement['verdict']
  latency_ms: Latency
  /** Percentiles of all who asked: what objectives are about. */
  latency_all_ms: LatencyOfAll
  availability: Estimate
  good: Estimate
  replications: number
  simulated_s: number
  objectives: Pick<Judgement, 'text' | 'metric' | 'unit' | 'bound' | 'value' | 'verdict'>[]
  bottleneck: Limit | null
  overloaded: Pick<NonNullable<Result['overloaded']>, 'component' | 'type' | 'place'> | null
}

export interface CapacityWithout {
  part: string
  /** What runs on it. */
  components: string[]
  qps: Estimate
  binding: string | null
  within: { wanted: number; reached: number | null }
  /** Of the objective that is broken at every rate (of availability, where nobody is answered): what it is at the lowest. */
  at_lowest?: Pick<Judgement, 'text' | 'metric' | 'unit' | 'value'>
  interrupted?: true
}

export interface Cost {
  /** Sum over the hosts that say what they cost. */
  month: number
  /** Hosts that do not. */
  unknown: string[]
  /** Null where it costs nothing, or the capacity is not known. */
  qps_per_cost: number | null
}

/** From one scenario to the next dearer one. */
export interface Step {
  from: string
  to: string
  /** Money a month. */
  cost: number
  qps: Estimate
  /** What one more of the currency buys, a second; null where it costs no more, or the capacity is not known. */
  qps_per_cost: number | null
}
