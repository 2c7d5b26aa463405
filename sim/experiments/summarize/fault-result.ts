import { Outcome } from '../../parts/outcome.js'
import type { Scenario } from '../../scenario/scenario.js'
import { meanOf } from '../../stats/estimate.js'
import { overloadOf } from '../overload.js'
import { recoveryOf, recoveryTimeOf, slowest } from '../recovery.js'
import type { ReplicationRecord } from '../replicate.js'
import type { FaultResult, Result } from '../result.js'

/** What one fault did. @param without the same replications (or the first of them) without it */
export function faultOf(
  scenario: Scenario,
  index: number,
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[] | null,
): FaultResult {
  const { kind, targets, says } = scenario.faults[index]!
  const own = records.map((r) => r.strikes.filter((s) => s.fault === index))
  const others = { ...scenario, faults: scenario.faults.filter((_, i) => i !== index) }
  const beyond = without === null ? null : overloadOf(others, without).overloaded
  // A replica that lags takes nothing from visitors.
  const overloaded = beyond !== null && beyond.lag_growth === undefined
  const unanswered = ({ all }: ReplicationRecord) => all.offered - all.outcomes[Outcome.ok]!
  return {
    fault: says,
    kind: kind.kind,
    targets: [...targets],
    strikes: records[0]!.strikes
      .filter((s) => s.fault === index)
      .map(({ from, to }) => ({ from_s: from, to_s: Number.isFinite(to) ? to : null })),
    recovery_class: slowest(scenario.classes, own),
    ...recoveryOf(own),
    ...(overloaded ? { overloaded_without: true as const } : {}),
    cost:
      overloaded || without === null
        ? null
        : meanOf(without.map((other, i) => unanswered(records[i]!) - unanswered(other))),
  }
}

/** From all faults together. */
export function recovery(
  { classes }: Scenario,
  records: readonly ReplicationRecord[],
): NonNullable<Result['recovery']> {
  const strikes = records.map((r) => r.strikes)
  return {
    ...recoveryOf(strikes),
    classes: Object.fromEntries(classes.map((name, i) => [name, recoveryTimeOf(strikes, i)])),
  }
}
