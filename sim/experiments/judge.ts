import type { Expectation } from '../scenario/scenario.js'
import { type Estimate, nothing, scaled } from '../stats/estimate.js'
import type { AccountResult, ComponentResult, Judgement, RecoveryTime, Result } from './result.js'
import { QUANTILES } from './summarize/account-result.js'

const MORE = 'more replications (--replications, --precision) would settle it'

/**
 * Whether a condition is met, judged with the interval: met or not met when all of it lies on one side of the
 * bound, undecided when the bound lies within. An interval may be open at one end: of what never failed only a
 * lower limit of its availability is known.
 */
export function judge(expectation: Expectation, result: Result): Judgement {
  const { metric, relation, unit, bound, text } = expectation
  const beyond = beyondAnswers(expectation, result)
  const value = beyond === null ? estimateOf(expectation, result) : nothing
  const { verdict, reason } = beyond ?? verdictOf(expectation, value, result)
  return { text, metric, relation, unit, bound, value, verdict, ...(reason === undefined ? {} : { reason }) }
}

/**
 * Of a percentile that lies among the requests that were not answered: it is above every bound, however fast the others
 * were. Null where it does not, or nothing settles.
 */
function beyondAnswers(
  { of, measure, relation }: Expectation,
  result: Result,
): Pick<Judgement, 'verdict' | 'reason'> | null {
  const key = measure.replace(/^(latency|page)_/, '')
  if (!isPercentile(key) || !relation.startsWith('<') || result.unstable !== undefined) return null
  const { requests, availability } = accountOf(of, measure, result)
  const p = QUANTILES[key]
  if (!(requests.ok < p * requests.offered)) return null
  const missing = +((1 - requests.ok / requests.offered) * 100).toPrecision(3)
  const reason = `of all who asked it lies among the ${missing}% who had no answer`
  return availability.high !== null && availability.high < p
    ? { verdict: 'not met', reason }
    : { verdict: 'undecided', reason: `${reason}: ${MORE}` }
}

const isPercentile = (key: string): key is keyof typeof QUANTILES => Object.hasOwn(QUANTILES, key)

/** Whose requests it is about. */
const accountOf = (
  of: Expectation['of'],
  measure: string,
  result: Result,
): Pick<AccountResult, 'requests' | 'availability'> => {
  if (of === null) return result
  return isOfPages(measure) ? result.users[of.name]!.pages! : result[of.group as 'classes'][of.name]!
}

const isOfPages = (measure: string): boolean => measure.startsWith('page_')

type Condition = Pick<Expectation, 'relation' | 'bound'>

/** Whether a value is on the right side of the bound. */
export function holds({ relation, bound }: Condition, value: number): boolean {
  if (relation === '>=') return value >= bound
  if (relation === '<=') return value <= bound
  return relation === '>' ? value > bound : value < bound
}

/** What an interval says of a condition. An end that is open says nothing. */
export function verdictBy(condition: Condition, { low, high }: Estimate): Judgement['verdict'] {
  const [best, worst] = condition.relation.startsWith('<') ? [low, high] : [high, low]
  if (worst !== null && holds(condition, worst)) return 'met'
  return best !== null && !holds(condition, best) ? 'not met' : 'undecided'
}

function verdictOf(
  condition: Expectation,
  estimate: Estimate,
  result: Result,
): Pick<Judgement, 'verdict' | 'reason'> {
  const { relation, bound, of, measure } = condition
  const { value, low, high } = estimate
  const atMost = relation.startsWith('<')
  const open = measure === 'rto' || measure === 'good_back' ? unrestored(of, measure, result) : null
  // What is not over at the end lasts longer than was seen, and without a repair for ever.
  const beyond = open !== null && atMost && (endless(of, result) || (low !== null && low >= bound))
  if (beyond) return { verdict: 'not met', reason: open }
  const verdict = verdictBy(condition, estimate)
  if (verdict === 'met') return { verdict }
  if (verdict === 'not met') return { verdict, ...(open === null ? {} : { reason: open }) }
  if (open !== null) return { verdict: 'undecided', reason: `${open}: a longer run (--lasts) would tell` }
  if (value !== null)
    return {
      verdict: 'undecided',
      reason:
        result.unstable && SHARES.includes(measure)
          ? `${result.unstable.component} never settles: it depends on how long one looks`
          : low === null && high === null
            ? `one replication has no interval: ${MORE}`
            : MORE,
    }
  const { unstable, requests } = result
  if (unstable && GROWING.test(measure) && of?.group !== 'hosts')
    // What grows as long as one waits exceeds every bound.
    return { verdict: atMost ? 'not met' : 'undecided', reason: `${unstable.component} never settles` }
  if (/^(latency|page)_p/.test(measure) && requests.ok > 0)
    return {
      verdict: 'undecided',
      reason: 'too few requests lie beyond it: a longer run (--lasts) would tell',
    }
  if (OF_FAULTS.test(measure))
    return { verdict: 'undecided', reason: 'no fault struck: a longer run (--lasts) would tell' }
  return { verdict: 'undecided', reason: 'there was nothing to measure' }
}

/** What is another in a longer run where a backlog grows, so that no number of replications settles it. */
const SHARES = ['availability', 'good', 'failed', 'page_complete', 'page_good']

/** What there is nothing of where no fault struck. */
const OF_FAULTS = /^rto|^rpo$|^lost_writes$|^no_answer$|^good_back$/

/** What has no steady value where a backlog grows. */
const GROWING = /^latency_|^page_(mean|p\d+)$|^wait$|^queue$|^inside$|^in_service$/

function endless(of: Expectation['of'], { recovery }: Result): boolean {
  return (of === null ? recovery! : recovery!.classes[of.name]!).endless > 0
}

function unrestored(
  of: Expectation['of'],
  measure: string,
  { recovery, replications }: Result,
): string | null {
  const time = of === null ? recovery! : recovery!.classes[of.name]!
  const unrestored = measure === 'good_back' ? recovery!.good_unrestored : time.unrestored
  return unrestored > 0
    ? `not restored by the end of the run in ${unrestored} of ${replications} replications`
    : null
}

/** In the unit of the expectation: seconds, requests per second, shares. */
function estimateOf({ of, measure, count }: Expectation, result: Result): Estimate {
  if (of === null) {
    const { recovery } = result
    if (measure === 'rpo') return recovery!.rpo_s
    if (measure === 'lost_writes') return recovery!.lost_writes
    if (measure === 'no_answer') return recovery!.no_answer_s
    if (measure === 'good_back') return recovery!.good_back_s
    return ofRecovery(recovery, measure) ?? ofRequests({ ...result, qps: result.qps.ok }, measure)
  }
  const { group, name } = of
  if (group === 'hosts') return result.hosts[name]!.utilization
  if (group === 'components') return ofComponent(result.components[name]!, measure, count)
  const recovery = group === 'classes' ? ofRecovery(result.recovery?.classes[name], measure) : null
  const account = isOfPages(measure) ? result.users[name]!.pages! : result[group][name]!
  return recovery ?? ofRequests(account, measure)
}

function ofRecovery(time: RecoveryTime | undefined, measure: string): Estimate | null {
  if (measure === 'rto') return time!.recovery_s
  return measure === 'rto_max' ? exactly(time!.recovery_max_s) : null
}

function ofRequests(
  { availability, good, qps, requests, latency_ms, latency_all_ms }: AccountResult,
  measure: string,
): Estimate {
  if (measure === 'availability' || measure === 'page_complete') return availability
  if (measure === 'good' || measure === 'page_good') return good
  if (measure === 'qps') return qps
  if (measure === 'failed') return exactly(requests.failed)
  const key = measure.replace(/^(latency|page)_/, '')
  // Of all who asked: of the answers alone it would be the lower, the more are lost.
  return scaled(isPercentile(key) ? latency_all_ms[key] : latency_ms[key as 'mean'], 1e-3)
}

function ofComponent(component: ComponentResult, measure: string, count: Expectation['count']): Estimate {
  if (count !== undefined) return scaled(component.extra?.[count.name] ?? nothing, count.factor)
  if (measure === 'wait') return scaled(component.wait_ms, 1e-3)
  if (measure === 'refused') return exactly(component.refused)
  return component[measure as 'queue']
}

/** What was counted, in this very run. */
const exactly = (count: number | null): Estimate => ({ value: count, low: count, high: count })
