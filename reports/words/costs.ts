import type { FaultResult, Result } from '../../sim/experiments/result.js'
import { nothing } from '../../sim/stats/estimate.js'
import { causeOfFault } from './causal-chains.js'
import { counted, digits, milliseconds, moment, negative, plusMinus } from './numbers.js'
import { amplified, isBeyondDoubt, whatFollowed } from './what-followed.js'

/** A few sentences a fault: what it cost, how long the service was away, and what those met who were not lost. */
export function costs(result: Result): string[] {
  const told = result.faults.map((fault, i) => {
    // Where nobody was answered, and next to nobody failed, the gap is what there is to say.
    const gap = fault.unrestored === 0 && fault.no_answer_s.value! > 2 * fault.recovery_s.value!
    const more = [gap ? null : recovered(fault, result), lost(fault)].filter((part) => part !== null)
    const first = result.faults.findIndex((other) => other.fault === fault.fault) === i
    const cause = first && hasPart(fault, result) ? causeOfFault(fault.fault, result) : null
    return [
      `${[cost(fault, result), ...more].join('; ')}.`,
      ...(cause === null ? [] : [cause]),
      ...whatFollowed(fault, result),
    ].join(' ')
  })
  const more = [together(result), amplified(result)].filter((words) => words !== null)
  return [...told, ...more]
}

/** Below this share of what the gravest fault cost or delayed, those who fared badly meanwhile were that one's. */
const PART = 0.05

const hasPart = (fault: FaultResult, { faults }: Result): boolean =>
  badly(fault) >= PART * Math.max(...faults.map(badly))

/** Requests that were lost or late because of it. */
const badly = ({ cost, delayed }: FaultResult): number =>
  Math.max(0, cost?.value ?? 0) + (delayed?.value ?? 0)

/** So many of them, those after which most requests were lost or late, in their order. */
export function gravest(faults: readonly FaultResult[], most: number): FaultResult[] {
  const first = new Set([...faults].sort((a, b) => badly(b) - badly(a)).slice(0, most))
  return faults.filter((fault) => first.has(fault))
}

/** Beyond this share of what all faults cost together, it is more than those of each add up to. */
const MORE = 1.2

/** What several faults cost together that none of them costs alone; null where theirs add up. */
export function together({ faults, recovery, replications }: Result): string | null {
  const all = recovery?.cost?.value
  if (faults.length < 2 || !isBeyondDoubt(recovery?.cost ?? nothing)) return null
  const each = faults.reduce((sum, { cost }) => sum + Math.max(0, cost?.value ?? 0), 0)
  if (all! <= MORE * each) return null
  const per = replications > 1 ? ' a run' : ''
  const alone = each > 0 ? `, of which ${counted(each)} would not have been lost without one of them` : ''
  return `All faults together cost ${plusMinus(recovery!.cost!, counted)} requests${per}${alone}: where several strike at once, one costs what another would have cost anyway.`
}

function cost({ fault, strikes, cost }: FaultResult, { replications }: Result): string {
  const first = strikes[0]
  const when =
    strikes.length > 1
      ? ` (${strikes.length} times in the first replication)`
      : first
        ? ` (${spanOf(first)})`
        : ' (did not happen in the first replication)'
  const subject = `The ${fault}${when}`
  if (cost?.value == null) return `${subject}: cost not told`
  if (cost.low !== null && cost.low <= 0 && cost.high! >= 0)
    return `${subject} cost no requests that could be told from chance`
  const per = replications > 1 ? ' a run' : ''
  return cost.value < 0
    ? `${subject} spared ${plusMinus(negative(cost), counted)} requests${per}`
    : `${subject} cost ${plusMinus(cost, counted)} requests${per}`
}

/** A crash of what is started again lasts no time itself. */
function spanOf({ from_s, to_s }: FaultResult['strikes'][number]): string {
  if (to_s === null) return `from ${moment(from_s)} s to the end`
  return to_s === from_s ? `at ${moment(from_s)} s` : `${moment(from_s)} s to ${moment(to_s)} s`
}

/** How long the service was away; null if it never was. */
export function recovered(
  { recovery_s, recovery_max_s, recovery_class, unrestored }: FaultResult,
  { replications, classes }: Pick<Result, 'replications' | 'classes'>,
): string | null {
  if (recovery_class === null || recovery_max_s === null) return null
  const whom = Object.keys(classes).length > 1 ? ` (${recovery_class})` : ''
  if (unrestored > 0)
    return `the service was not back${whom} by the end in ${unrestored} of ${replications} replications (away for ${digits(recovery_max_s)} s or more)`
  const [mean, longest] = [plusMinus(recovery_s), digits(recovery_max_s)]
  return `the service was away${whom} for ${mean} s${longest === digits(recovery_s.value!) ? '' : `, at worst ${longest} s`}`
}

/** What was answered and is lost; null if nothing is. */
export function lost({ lost_writes, rpo_s }: FaultResult): string | null {
  if (!lost_writes.value) return null
  return `${plusMinus(lost_writes, counted)} answered writes were lost, ${milliseconds(rpo_s.value! * 1000)} back from the failure`
}
