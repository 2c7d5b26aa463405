import type { Estimate } from '../../stats/estimate.js'
import type { Judgement } from '../result.js'
import type { Part } from '../structure.js'

/** What `nines availability` finds out about one scenario. Shares of what is asked, or of the time, from 0 to 1. */
export interface NinesResult {
  scenario: string
  /** As the user named it. */
  file: string
  seed: string
  /** Seconds of which the outages are listed. */
  over_s: number
  /** Crews that repair; null where there is always one to spare. */
  crews: number | null
  method: {
    /** How the share of the time was found in which parts are lost: exactly (`product`, `chain`), or by simulation. */
    failures: 'product' | 'chain' | 'biased' | 'simulated'
    /** Requests of each situation and each failure, or of all together over a long time, or none. */
    requests: 'decomposed' | 'joint' | 'none'
    /** Requests that were simulated, and the share of what goes unanswered that may be wrong for want of time to settle. */
    simulated_requests: number
    unsettled: number
    /** Parts for which the effort did not go: of them only the wiring is known. */
    untried?: string[]
    /** Where they were simulated together: what they say apart. */
    decomposed?: Estimate
  }
  availability: {
    /** Share of the time, each class with its share of what is asked, in which all is there that a request needs. */
    structural: Estimate
    /** Share of the requests that is answered ok. */
    requests: Estimate
    /** Share of the time in which `expect:` holds. */
    objective: Estimate
  }
  /** The same of each class of requests. */
  structural: Record<string, Estimate>
  /** As if nobody were answered for so long: of the requests, or where none were simulated of the time. */
  downtime_min_per_year: Estimate
  nines: number | null
  /** For want of parts: how often, how long in the mean; and how long until the first one, where that is known. */
  outages: { per_year: number; mean_s: number | null; first_after_s: number | null }
  /** What months and years are to keep: `availability_year` of `expect:`, else `availability`; null without either. */
  objective: string | null
  /** Chance that a month (of 30 days) and a year keep it. */
  objective_met: { month: Estimate; year: Estimate }
  /** What it allows, and what is left of it: minutes a year. */
  budget: { allowed_min: number; left_min: Estimate } | null
  /** Of outages of both kinds, for want of parts and until others took over: seconds. */
  rto: {
    outages_per_year: number
    mean_s: number | null
    p50_s: number | null
    p90_s: number | null
    p99_s: number | null
    longest_s: number | null
  }
  /** Of writes that were answered and lost. */
  rpo: { lost_writes_per_year: Estimate; worst_s: Estimate } | null
  /** In the order of what they cost. */
  parts: PartOfDowntime[]
  /** What goes unanswered with everything in order: minutes a year. */
  in_order_min_per_year: Estimate
  situations: SituationResult[]
  /** How many years were let go by to tell chances and lengths; and the outages of the first so many seconds. */
  years: number
  timeline_s: number
  timeline: { from_s: number; to_s: number; lost: string[]; gap: boolean }[]
  expectations?: Judgement[]
  notes: string[]
  interrupted?: true
}

export interface PartOfDowntime {
  part: string
  what: Part['what']
  mtbf_s: number
  /** From the failure on: with the time until it is learned of. */
  mttr_s: number
  /** Where the two are from, if the scenario does not say them. */
  assumed: string | null
  failures_per_year: number
  downtime_min_per_year: Estimate
  /** Of the downtime of all parts and of what goes unanswered with everything in order. */
  share: number | null
  /**
   * Requests that go unanswered at each failure until all is as it will be, and at the repair, beyond those of the time
   * for which it is away; below 0 where some who waited were answered after all.
   */
  lost_per_failure: Estimate
  /** For how long the class that is away longest is so, until others take over; null where nobody does. */
  outage_s: Estimate
}

export interface SituationResult {
  /** Parts that are lost; none: everything in order. */
  lost: string[]
  probability: number
  /** Of what is asked. */
  answered: Estimate
  p99_ms: Estimate
  /** How that is known. */
  by: 'simulation' | 'structure' | 'guess'
  objective: 'met' | 'not met' | 'undecided' | null
}
