import { struckClasses } from '../../faults/fault.js'
import { Outcome } from '../../parts/outcome.js'
import type { Scenario } from '../../scenario/scenario.js'
import { differenceOf, meanOf, ratioOf, scaled } from '../../stats/estimate.js'
import { SparseHistogram } from '../../stats/sparse.js'
import { weightsOf } from '../groups.js'
import { overloadOf } from '../overload.js'
import {
  detectedOf,
  noticedOf,
  type RecoverySums,
  recoveryOf,
  recoverySumsOf,
  recoveryTimeOf,
  slowest,
} from '../recovery.js'
import type { AccountRecord, ReplicationRecord } from '../replicate.js'
import type { FaultResult, Result } from '../result.js'
import { passingIn } from './passing.js'

/** What one fault did. @param without the same replications (or the first of them) without it */
export function faultOf(
  scenario: Scenario,
  index: number,
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[] | null,
): FaultResult {
  const { kind, targets, options, says } = scenario.faults[index]!
  const classes = struckClasses(options)
  const own = records.map(
    ({ strikes, group }) =>
      group?.faults[index] ?? recoverySumsOf(strikes.filter(({ fault }) => fault === index)),
  )
  const others = { ...scenario, faults: scenario.faults.filter((_, i) => i !== index) }
  const overloaded = isOverloaded(others, without)
  const tellers = scenario.components.filter((one) => one.kind.tellsPeople).map(({ name }) => name)
  const during = passingIn(records[0]!, index, scenario.lasts)
  return {
    fault: says,
    kind: kind.kind,
    targets: [...targets],
    ...(classes && { classes: [...classes] }),
    strikes: records[0]!.strikes
      .filter((s) => s.fault === index)
      .map(({ from, to }) => ({ from_s: from, to_s: Number.isFinite(to) ? to : null })),
    recovery_class: slowest(scenario.classes, own),
    ...recoveryOf(own),
    detected: detectedOf(own),
    ...(tellers.length > 1 && { noticed: noticedOf(tellers, own) }),
    ...(overloaded
      ? { delayed: null, delay_s: null }
      : delays(own, records, kind.changesLoadOnly ? null : without)),
    ...(overloaded ? { overloaded_without: true as const } : {}),
    cost: overloaded ? null : costOf(records, without),
    ...(during !== null && { during }),
  }
}

/** Whether visitors meet an overload without the fault. */
function isOverloaded(scenario: Scenario, records: readonly ReplicationRecord[] | null): boolean {
  if (records === null) return false
  const { overloaded } = overloadOf(scenario, records)
  // A replica that lags takes nothing from visitors.
  return overloaded !== null && overloaded.lag_growth === undefined
}

/** How many more were not answered than without; null where that was not run. */
function costOf(
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[] | null,
): FaultResult['cost'] {
  const unanswered = ({ all }: ReplicationRecord) => all.offered - all.outcomes[Outcome.ok]!
  return without && differenceOf(without.map((other, i) => unanswered(records[i]!) - unanswered(other)))
}

/** What takes longer than this share of the requests without a fault is slow ... */
const SLOW = 0.99
/** ... and by so many seconds: where all take the same, a thousandth more is no delay. */
const NOTICED = 0.01

/** Who was answered later than without the fault. */
function delays(
  own: readonly RecoverySums[],
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[] | null,
): Pick<FaultResult, 'delayed' | 'delay_s'> {
  if (without === null) {
    const late = own.map((one) => one.late)
    return { delayed: scaled(ratioOf(late, weightsOf(records)), 1, 0), delay_s: null }
  }
  const pairs = without.map((other, i) => delayOf(records[i]!.all, other.all))
  return {
    delayed: scaled(meanOf(pairs.map(({ requests }) => requests)), 1, 0),
    delay_s: scaled(meanOf(pairs.map(({ seconds }) => seconds)), 1, 0),
  }
}

/**
 * At some latency, above what is usual, the difference between those who took longer and those who would have is
 * largest: as many, at least, are beyond it because of the fault. Who was lost is taken to have been like the others.
 */
function delayOf(
  { latency, latencySum, outcomes }: AccountRecord,
  other: AccountRecord,
): { requests: number; seconds: number } {
  const [there, would] = [new SparseHistogram(latency), new SparseHistogram(other.latency)]
  const usual = would.quantile(SLOW) + NOTICED
  const edges = [...there.buckets()].map(([lower]) => lower).filter((lower) => lower >= usual)
  const requests = edges.reduce((most, at) => Math.max(most, there.above(at) - would.above(at)), 0)
  const answered = outcomes[Outcome.ok]! / other.outcomes[Outcome.ok]!
  const more = latencySum - other.latencySum * Math.min(1, answered)
  return requests > 0 && answered > 0 ? { requests, seconds: Math.max(0, more) } : { requests: 0, seconds: 0 }
}

/** From all faults together. @param calm the same replications (or the first of them) without any */
export function recovery(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
  calm: readonly ReplicationRecord[] | null,
): NonNullable<Result['recovery']> {
  const { classes } = scenario
  const strikes = records.map((r) => r.group?.recovery ?? recoverySumsOf(r.strikes))
  return {
    ...recoveryOf(strikes),
    cost: isOverloaded({ ...scenario, faults: [] }, calm) ? null : costOf(records, calm),
    classes: Object.fromEntries(classes.map((name, i) => [name, recoveryTimeOf(strikes, i)])),
  }
}
