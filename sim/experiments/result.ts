import type { BoundUnit } from '../parts/count.js'
import type { Estimate } from '../stats/estimate.js'
import type { Losses } from './losses.js'

/** What `nines run` and `nines compare` find out about one scenario: version 1 of the outside contract. */
export interface Result {
  scenario: string
  /** As the user named it. */
  file: string
  seed: string
  replications: number
  /** Measured span of one replication, and what was run before it. */
  simulated_s: number
  warmup_s: number
  /** Sums over replications; attackers are not counted. */
  requests: Requests
  qps: { offered: Estimate; ok: Estimate }
  /** Of the requests answered ok. */
  latency_ms: Latency
  latency_all_ms: LatencyOfAll
  /** How long requests took by how they ended: a refusal comes at once, a timeout late. */
  latency_by_outcome_ms: Record<string, { mean: Estimate; p50: Estimate; max: number }>
  /** ok / offered: who had no answer long after the end of the measured span is not answered. */
  availability: Estimate
  /** Answered ok within `good_within_ms`, of all offered. */
  good: Estimate
  good_within_ms: number
  /** How long visitors wait in all their tries; null where that has no end, or is not the same for all. */
  patience_s: number | null
  /** Share of the requests offered that ended so, by outcome. */
  outcome_shares: Record<string, Estimate>
  components: Record<string, ComponentResult>
  hosts: Record<string, HostResult>
  classes: Record<string, AccountResult>
  /** With the pages that they load, from when they mean to ask until the last asset is there, where they load some. */
  users: Record<string, AccountResult & { malicious: boolean; pages?: AccountResult }>
  /** One row per window, first replication. */
  timeline: TimelineRow[]
  /** What each fault did, in the scenario's order. */
  faults: FaultResult[]
  /**
   * From all faults together; not there without faults. Its cost is the difference to the same replications without
   * any, which may be more than those of each fault add up to, or less.
   */
  recovery?: Recovery & { cost: Estimate | null; classes: Record<string, RecoveryTime> }
  /** What is used most: where it would break first, or where it broke. */
  bottleneck: Bottleneck | null
  /** What the requests of a class, or while a fault lasted, that failed or were not good spent their time on. */
  causes: Cause[]
  /** Where the time of the requests that were followed went, in the mean of those that ended so. */
  time_by_box: TimeByBox[]
  /** Share of the requests answered ok at or below a latency: the curve of the distribution. */
  distribution: { ms: number; share: number }[]
  unstable?: { component: string; reason: string; growth_per_s: number }
  /** More is asked than something can do: with an end that is not in sight (`unstable`), or with losses. */
  overloaded?: Overloaded
  /** With `--precision`: what was reached of it. */
  precision?: Precision
  /** If the run was interrupted: the replications that it was to have; `replications` are there. */
  interrupted?: { planned: number }
  expectations?: Judgement[]
  /** What a reader should know: estimates that are missing, and why. */
  notes: string[]
}

/** Relative errors, half the 95 % interval over the estimate; null where more replications would not tell. */
export interface Precision {
  target: number
  /** The largest of those below. */
  reached: number | null
  latency_mean: number | null
  latency_p99: number | null
  /** Of the share of the requests that fail. */
  failing: number | null
}

/** Something that can fill. */
export interface FullPlace {
  /** Of the component, host or wire. */
  name: string
  type: 'component' | 'host' | 'wire'
  /** What of it: `workers`, `slots of server a`, `CPU`, `network interface`, `line`. */
  place: string
  /** Over the measured span. */
  utilization: number
  /** Requests of visitors a second that would fill it; null where use does not grow with load, or little is used. */
  full_at_per_s: number | null
}

export interface Bottleneck extends FullPlace {
  /** What would be full next, if there were more of it. */
  next?: FullPlace
  /** Where a load or faults come and go: for how long all of it was in use, and between when. */
  full?: { seconds: number; from_s: number; to_s: number }
}

export interface Overloaded {
  /** The component, host or wire that cannot keep up, and what of it is full. */
  component: string
  type: 'component' | 'host' | 'wire'
  place: string
  /** Requests of visitors a second that it carries, and that come. */
  capacity_per_s: number
  offered_per_s: number
  /** Requests a second that are neither answered nor failed, wherever they wait; 0 where the overload settles with losses. */
  growth_per_s: number
  /** Of a replica that applies less than its primary writes: seconds a second by which its lag grows. */
  lag_growth?: number
}

/** What most of the time of requests that failed or were not good comes down to, or most of the failures. */
export interface Cause {
  of: 'fault' | 'class'
  /** Of the class, or what the fault says. */
  name: string
  /** As a sentence. */
  says: string
  /** The time of requests that failed or were late; or that requests failed by an answer, and not for want of time. */
  explains: 'time' | 'failures'
  /** Of the time of all those requests, or of all that failed. */
  share: number
  /**
   * From the box that they met first down to the one that did not answer, was full or slow by itself, or answered that
   * they fail; or to the wire (`app -> db`) on which they were. Boxes that do the same, and of which the same holds, are
   * told together.
   */
  chain: { component: string; what: string; twins?: string[] }[]
  /** Requests that were followed. */
  sample: number
}

/** Milliseconds a request that was followed, by the lowest box that had it. */
export interface TimeByBox {
  class: string
  /** Answered ok and soon enough; answered ok, but later; not answered ok. */
  group: 'ok' | 'slow' | 'failed'
  component: string
  /** In its queue; at visitors, until they tried again. */
  waited_ms: number
  served_ms: number
  /** On the wire to a box below, and back, and while nobody took the connection. */
  wire_ms: number
  /** Waiting for a box below that had the request and did not answer. */
  timed_out_ms: number
  /** Requests of the class that ended so and were followed. */
  requests: number
}

export interface Requests {
  offered: number
  ok: number
  failed: number
  in_flight: number
  by_outcome: Record<string, number>
}

export interface Latency {
  mean: Estimate
  /** Standard deviation. */
  sd: Estimate
  p50: Estimate
  p90: Estimate
  p95: Estimate
  p99: Estimate
  p999: Estimate
  max: number | null
}

/**
 * Percentiles of the latency of all requests that were offered, who was not answered having waited longer than all who
 * were: what `expect:` judges. Null where the percentile is one of them, or cannot be told of the answers; without an
 * upper end where the interval reaches them.
 */
export type LatencyOfAll = Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999', Estimate>

export interface AccountResult {
  requests: Requests
  /** Answered ok, per second. */
  qps: Estimate
  latency_ms: Latency
  latency_all_ms: LatencyOfAll
  availability: Estimate
  good: Estimate
}

export interface HostResult {
  /** Share of its cores. */
  utilization: Estimate
  components: string[]
  /** Where it has a bound: shares of it that are in use, in the mean, and what is in swap as a share of memory. */
  memory?: Estimate
  swap?: Estimate
  /** Sum over replications. */
  oom_kills?: number
  /** Where its room has a bound: share of it that is in use at the end, and seconds in which it was full. */
  disk_used?: Estimate
  disk_full_s?: Estimate
}

export interface ComponentResult {
  kind: string
  host: string | null
  utilization: Estimate
  /** Waiting, in service, inside (these and whoever waits for a box below): time averages. */
  queue: Estimate
  in_service: Estimate
  inside: Estimate
  /** Answered ok, per second. */
  throughput: Estimate
  wait_ms: Estimate
  /** Share of the requests that found no free place in service; null where there is nothing to wait for. */
  waited: Estimate
  /** Sums over replications. */
  refused: number
  outcomes: Record<string, number>
  dispatched?: Record<string, number>
  /**
   * Where faults struck: requests that came into this box and those that stand for it (`app-1`, `app-2`), for each
   * request that visitors made, health checks left out; in the
   * windows in which fewer answers were good than before, and in the others. What is more is retries.
   */
  tries?: { outage: Estimate; usual: Estimate }
  /** What the kind counts beyond this. */
  extra?: Record<string, Estimate>
  /** Of these, the ones that not all replications have (nothing was ever taken down): the mean is over so many. */
  extra_replications?: Record<string, number>
}

export interface TimelineRow {
  t_s: number
  offered: number
  ok: number
  /** Of those answered ok, the ones that were soon enough. */
  good: number
  failed: number
  /** Of the requests answered ok. */
  p50_ms: number | null
  p99_ms: number | null
  /** Of all that ended; null where it lies among those that failed. */
  p50_all_ms: number | null
  p99_all_ms: number | null
  /** Machines that ran of what comes and goes, by who starts them; only where something does. */
  replicas?: Record<string, number>
}

/** How long the service was away after a fault; over the replications in which one struck. */
export interface RecoveryTime {
  /**
   * How long the service was away after a strike, for the class of requests that was away longest; of several
   * strikes the worst. An outage lasts from the arrival of the first visitor who failed, or the strike if that was
   * later, to the last one's before twenty in a row that did not; if there were several, they are added up. The mean
   * over the replications. Where the service was not back by the end of the run in all of them, the value is null,
   * and `low` is what the mean is not below.
   */
  recovery_s: Estimate
  /** The longest in any replication; null if nothing struck. */
  recovery_max_s: number | null
  /** Replications in which the service was not back by the end of the run. */
  unrestored: number
  /** Of these, the ones in which a fault was to blame that the scenario never heals: no longer run would see the end. */
  endless: number
}

/** What visitors met after a strike, of several strikes the worst; means over the replications in which one struck. */
export interface VisitorsRecovery {
  /**
   * For how long nobody was answered ok at all: the longest stretch, and all of them together. A stretch counts from the
   * last answer, or the strike if that was later, if it is not one that is usual between two answers.
   */
  no_answer_s: Estimate
  no_answer_total_s: Estimate
  /**
   * From the strike until the share of good answers (ok, and soon enough) was what it was before, and stayed so: the
   * arrival of the last visitor of those who fared worse. 0 where it stayed as it was. Where it was not back by the end
   * in all replications the value is null, and `low` is what the mean is not below.
   */
  good_back_s: Estimate
  /** Replications in which that was not so by the end of the run. */
  good_unrestored: number
  /**
   * In most replications it went on when nothing struck any more, for as long as one looked, though no more came than
   * what was borne before: a state that outlives its trigger.
   */
  metastable: boolean
}

export interface Recovery extends RecoveryTime, VisitorsRecovery {
  /**
   * How far back before the failure the oldest write goes that was answered and lost: the mean over the replications
   * of the largest in each; 0 where none was lost.
   */
  rpo_s: Estimate
  /** Writes that were answered and lost, per replication. */
  lost_writes: Estimate
}

export interface FaultResult extends Recovery {
  fault: string
  kind: string
  targets: string[]
  /** The request classes that it strikes, where these are not all. */
  classes?: string[]
  /** When it struck in the first replication, seconds of the measured span; `to` is null if it did not heal. */
  strikes: { from_s: number; to_s: number | null }[]
  /** The class of requests that was away longest; null if none was. */
  recovery_class: string | null
  /**
   * Requests that failed (or were not answered by the end) because of it: the difference to the same
   * replications without this fault, per replication. Null with too many faults to leave each out in turn.
   */
  cost: Estimate | null
  /** The scenario is overloaded without it too: then what it cost is not counted. */
  overloaded_without?: true
  /**
   * Requests that were answered ok, but later than they would have been and (by 10 ms) than 99 in 100 are, per
   * replication, and the seconds that all together waited longer: those of the same replications with and without this fault in the order of their latencies, so
   * that it is at least so many. Null where they cannot be paired: without those runs, or where the fault changes who
   * comes; then `delayed` counts those who came in time before (later than `good:`), and the seconds are not known.
   */
  delayed: Estimate | null
  delay_s: Estimate | null
  /**
   * Who learned of it, what he did then (`marked server-1 down`), and how long after the strike: the first time after
   * each, in the mean over the replications in which he did, and how many those are.
   */
  detected: { component: string; says: string; after_s: Estimate; replications: number }[]
  /**
   * Where several tell people of what they notice: when each first did after the strike, in the mean over the
   * replications in which it did, and how many those are; whoever is first stands first, who never did last, with a
   * value of null.
   */
  noticed?: { component: string; after_s: Estimate; replications: number }[]
  /** What passed while it lasted, the first time that it struck in the first replication; not there if it did not. */
  during?: Passing
}

/** Means over the windows of the timeline that lie in a span of time, or that touch it where none does. */
export interface Passing {
  /** Of those windows. */
  from_s: number
  to_s: number
  /** Requests a second sent along each wire, as `app-1 -> mysql-1`. */
  sent_per_s: Record<string, number>
  /** Requests a second answered ok by each component. */
  answered_per_s: Record<string, number>
  /** Share of each component and host that was in use. */
  utilization: Record<string, number>
}

export interface Judgement {
  /** As in the scenario: `latency_p99 <= 500ms`. */
  text: string
  metric: string
  relation: '>=' | '<=' | '>' | '<'
  /** What `bound` and `value` are in. */
  unit: BoundUnit
  bound: number
  value: Estimate
  verdict: 'met' | 'not met' | 'undecided'
  /** Why it is undecided and what would settle it, or why it is as it is where the value does not tell. */
  reason?: string
}

/** A difference between two scenarios, b minus a, from the same replications. */
export interface Comparison {
  /** Names of the scenarios, with their files where names are the same. */
  a: string
  b: string
  metric: string
  /** Null where it cannot be told yet. */
  difference: Estimate
  /** The difference over the value of a: 0.02 is two percent more. */
  relative: number | null
  /** Of this one interval: of several pairs each has more, so that all hold together at 95 %. */
  confidence: number
  /** By statistics alone. */
  verdict: 'better' | 'worse' | 'no significant difference'
  /** Whether the difference, certain or not, is large enough to matter. */
  important: boolean
  /** Of latencies: the one that answers fewer requests, certainly and by enough to matter. Its latency is survivors'. */
  answers_fewer?: 'a' | 'b'
  /** Why it cannot be told. */
  reason?: string
}

export interface Report {
  version: 1
  results: Result[]
  comparisons?: Comparison[]
  /** What a reader of the comparisons should know. */
  notes?: string[]
  /** Each scenario without each of its hosts in turn, if that was asked for. */
  losses?: Losses[]
}
