import { Outcome } from '../../parts/outcome.js'
import type { Scenario } from '../../scenario/scenario.js'
import { writingIn } from '../../scenario/writing.js'
import { differenceOf, type Estimate, nothing, ratioOf, scaled } from '../../stats/estimate.js'
import { SparseHistogram } from '../../stats/sparse.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Result } from '../result.js'
import type { Account } from '../structure.js'
import { MS } from '../summarize/sums.js'
import { summarize } from '../summarize.js'
import { awayOf } from './away.js'
import { fatesOf } from './fates.js'
import type { Losable } from './losable.js'
import { answeredOf, missedIn, settledOf, settlesAfter } from './settled.js'
import { type Lost, SEVERITIES, type Severity } from './spof-result.js'

/** Of the good answers so many may be missing for good without the loss being one of capacity. */
const MISSED = 0.01

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
  /** Who asks for what, and is answered without the loss. */
  readonly accounts: readonly Account[]
  /** Who needs what is lost, by the wiring, and did not ask. */
  readonly unasked: readonly Account[]
  /** Seconds that are borne. */
  readonly gap: number
  /** Hardly anybody fails without the loss. */
  readonly sound: boolean
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
  const { scenario, calm, accounts, unasked, sound } = asked
  const without = calm.records.slice(0, records.length)
  const each = struck.faults.map(() => without)
  const result = summarize(struck, records, { each, any: without, throughout: true })
  const recovery = result.recovery!
  const [first] = result.faults
  const perSecond = (estimate: Estimate | null) => estimate && scaled(estimate, 1 / result.simulated_s)
  const { unanswered, undecided, lacking } = fatesOf(scenario, accounts, records, calm.records)
  const away = sound
    ? { outage_s: recovery.recovery_s, outage_class: first!.recovery_class }
    : awayOf(struck, accounts, records, without)
  const told: Omit<Lost, 'severity'> = {
    how,
    unanswered: classesOf(unanswered, accounts),
    unanswered_accounts: unanswered,
    undecided_accounts: [...undecided, ...unasked],
    lacking_accounts: lacking,
    availability: result.availability,
    good: result.good,
    // Where nobody comes any more, it is not known for how long they would not have been answered.
    outage_s: undecided.length > 0 && away.outage_s.value === null ? nothing : away.outage_s,
    outage_class: away.outage_class,
    no_answer_s: recovery.no_answer_s,
    settles_s: settledAt(settlesAfter(records, calm.records), recovery.good_back_s),
    lost_per_s: lostFrom(records, without, result.simulated_s),
    delayed_per_s: perSecond(first!.delayed),
    p99_ms: result.latency_ms.p99,
    added_p99_ms: addedP99(records, without, [result, calm.result]),
    lost_writes: recovery.lost_writes,
    stale_reads: countedIn('stale_reads', records),
    answered: answeredOf(records, calm.records),
    settled: settledOf(records, calm.records),
    missed: missedIn(scenario, records, calm.records),
    overloaded: calm.result.overloaded === undefined ? (result.overloaded ?? null) : null,
    causes: result.causes,
    faults: [...new Set(result.faults.map(({ fault }) => fault))],
    detected: result.faults.flatMap(({ detected }) => detected),
  }
  return { ...told, severity: severityOf(told, asked) }
}

/** Classes of which nobody is answered any more. */
function classesOf(unanswered: readonly Account[], accounts: readonly Account[]): string[] {
  const left = new Set(accounts.filter((one) => !unanswered.includes(one)).map((one) => one.class))
  return [...new Set(unanswered.map((one) => one.class))].filter((name) => !left.has(name))
}

/**
 * By stretches of time nobody can tell to the second, and by single requests not where some go on being late: the sooner
 * of the two.
 */
const settledAt = (settles: number | null, { value }: Estimate): number | null =>
  settles === null || value === null ? settles : Math.min(settles, value)

/** Answers fewer than without: also of those who wait, and ask no more. */
function lostFrom(
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[],
  span: number,
): Estimate {
  const answers = ({ all }: ReplicationRecord) => all.outcomes[Outcome.ok]!
  return scaled(differenceOf(records.map((record, i) => answers(without[i]!) - answers(record))), 1 / span)
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

function severityOf(told: Told, asked: Asked): Severity {
  const { unanswered_accounts, undecided_accounts, lacking_accounts, settled, missed } = told
  if (unanswered_accounts.length > 0) return onlyWrites(told, asked) ? 'writes' : 'hard'
  const short = (settled.good.value ?? 1) < 1 - MISSED || lacking_accounts.length > 0
  if (short || missed.length > 0) return 'capacity'
  if (undecided_accounts.length > 0) return 'undecided'
  if (gapOf(told) > asked.gap) return 'transient'
  return asked.watching ? 'blind' : 'none'
}

/** Whether those who write are answered no more, and not all others as well. */
function onlyWrites({ unanswered_accounts }: Told, { scenario, accounts }: Asked): boolean {
  const writing = writingIn(scenario)
  return (
    unanswered_accounts.length < accounts.length &&
    unanswered_accounts.every((one) => writing.includes(one.class))
  )
}

/**
 * Seconds until all is as before: of what is not over by the end, what it is not below; of the settling nothing is said
 * then, where it is steady that fewer answers are good.
 */
export function gapOf({
  outage_s,
  no_answer_s,
  settles_s,
}: Pick<Lost, 'outage_s' | 'no_answer_s' | 'settles_s'>): number {
  const seconds = ({ value, low }: Estimate) => value ?? low ?? 0
  return Math.max(seconds(no_answer_s), seconds(outage_s), settles_s ?? 0)
}

/** The worst first; of two that are alike the one that answers less. */
export const worstFirst = (a: Lost, b: Lost): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.good.value ?? 0) - (b.good.value ?? 0)
