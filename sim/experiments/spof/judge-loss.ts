import { Outcome } from '../../parts/outcome.js'
import type { Scenario } from '../../scenario/scenario.js'
import { writingIn } from '../../scenario/writing.js'
import { differenceOf, type Estimate, nothing, ratioOf, scaled } from '../../stats/estimate.js'
import { SparseHistogram } from '../../stats/sparse.js'
import { causesOf } from '../causes/causes.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Result } from '../result.js'
import { MS } from '../summarize/sums.js'
import { summarize } from '../summarize.js'
import type { Losable } from './losable.js'
import { missedIn, settledOf, settlesAfter, unansweredIn } from './settled.js'
import { type Lost, SEVERITIES, type Severity } from './spof-result.js'

/** Of the good answers so many may be missing for good without the loss being one of capacity. */
const MISSED = 0.01
/** Where fewer are answered without any loss, nobody can tell when it is as before. */
const SOUND = 0.97

/** A scenario without a loss, as it was run. */
export interface Calm {
  readonly records: readonly ReplicationRecord[]
  readonly result: Result
}

/** What is asked of a loss. */
interface Asked {
  /** Of the file, with its objectives. */
  readonly scenario: Scenario
  readonly calm: Calm
  /** Seconds that are borne. */
  readonly gap: number
  /** Only what watches others is lost. */
  readonly watching: boolean
}

/** What followed a loss. @param struck the scenario that was run; its faults strike when the measured span begins */
export function lostOf(
  { how }: Losable,
  struck: Scenario,
  records: readonly ReplicationRecord[],
  asked: Asked,
): Lost {
  const { scenario, calm } = asked
  const without = calm.records.slice(0, records.length)
  const result = summarize(struck, records, { each: struck.faults.map(() => without), any: without })
  const recovery = result.recovery!
  const [first] = result.faults
  const perSecond = (estimate: Estimate | null) => estimate && scaled(estimate, 1 / result.simulated_s)
  const told: Omit<Lost, 'severity'> = {
    how,
    unanswered: unansweredIn(scenario, records, calm.records),
    availability: result.availability,
    good: result.good,
    outage_s: recovery.recovery_s,
    outage_class: first!.recovery_class,
    no_answer_s: recovery.no_answer_s,
    settles_s: settledAt(settlesAfter(records, calm.records), recovery.good_back_s),
    lost_per_s: perSecond(recovery.cost) ?? lostFrom(records, without, result.simulated_s),
    delayed_per_s: perSecond(first!.delayed),
    p99_ms: result.latency_ms.p99,
    added_p99_ms: addedP99(records, without, [result, calm.result]),
    lost_writes: recovery.lost_writes,
    stale_reads: countedIn('stale_reads', records),
    settled: settledOf(records, calm.records),
    missed: missedIn(scenario, records, calm.records),
    overloaded: calm.result.overloaded === undefined ? (result.overloaded ?? null) : null,
    causes: causesOf(struck, records, result.hosts, without),
    faults: [...new Set(result.faults.map(({ fault }) => fault))],
    detected: result.faults.flatMap(({ detected }) => detected),
  }
  return { ...told, severity: severityOf(told, asked) }
}

/**
 * By stretches of time nobody can tell to the second, and by single requests not where some go on being late: the sooner
 * of the two.
 */
const settledAt = (settles: number | null, { value }: Estimate): number | null =>
  settles === null || value === null ? settles : Math.min(settles, value)

/** Where visitors meet an overload in any case the cost is not told; the difference is one all the same. */
function lostFrom(
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[],
  span: number,
): Estimate {
  const unanswered = ({ all }: ReplicationRecord) => all.offered - all.outcomes[Outcome.ok]!
  return scaled(
    differenceOf(records.map((record, i) => unanswered(record) - unanswered(without[i]!))),
    1 / span,
  )
}

/** Of the same replications; not told where it is not of either. */
function addedP99(
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[],
  both: readonly Result[],
): Estimate {
  if (both.some(({ latency_ms }) => latency_ms.p99.value === null)) return nothing
  const p99 = ({ all }: ReplicationRecord) => new SparseHistogram(all.latency).quantile(0.99)
  const added = records.map((record, i) => p99(record) - p99(without[i]!))
  return added.some(Number.isNaN) ? nothing : scaled(differenceOf(added), MS)
}

/** What components count, added up; nothing where none counts it. */
function countedIn(count: string, records: readonly ReplicationRecord[]): Estimate {
  const own = records.map(({ components }) =>
    Object.values(components).flatMap(({ extra }) => (Number.isFinite(extra[count]) ? [extra[count]!] : [])),
  )
  if (own.some((counts) => counts.length === 0)) return nothing
  return ratioOf(
    own.map((counts) => counts.reduce((sum, n) => sum + n, 0)),
    own.map(() => 1),
  )
}

type Told = Omit<Lost, 'severity'>

function severityOf(told: Told, { scenario, calm, gap, watching }: Asked): Severity {
  const { unanswered, settled, missed } = told
  if (unanswered.length > 0) return onlyWrites(told, scenario, calm) ? 'writes' : 'hard'
  if ((settled.good.value ?? 1) < 1 - MISSED || missed.length > 0) return 'capacity'
  if (gapOf(told, calm.result) > gap) return 'transient'
  return watching ? 'blind' : 'none'
}

/** Whether those that write are answered no more, and others are there that are. */
function onlyWrites({ unanswered }: Told, scenario: Scenario, { result }: Calm): boolean {
  const asked = Object.entries(result.classes).filter(([, { requests }]) => requests.ok > 0)
  const writing = writingIn(scenario)
  return unanswered.every((name) => writing.includes(name)) && unanswered.length < asked.length
}

/**
 * Seconds until all is as before: of what is not over by the end, what it is not below; of the settling nothing is said
 * then, where it is steady that fewer answers are good.
 */
export function gapOf(
  { outage_s, no_answer_s, settles_s }: Pick<Lost, 'outage_s' | 'no_answer_s' | 'settles_s'>,
  calm: Pick<Result, 'availability'>,
): number {
  const seconds = ({ value, low }: Estimate) => value ?? low ?? 0
  const outage = (calm.availability.value ?? 0) >= SOUND ? seconds(outage_s) : 0
  return Math.max(seconds(no_answer_s), outage, settles_s ?? 0)
}

/** The worst first; of two that are alike the one that answers less. */
export const worstFirst = (a: Lost, b: Lost): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.good.value ?? 0) - (b.good.value ?? 0)
