import { type Scenario, warmupOf } from '../scenario/scenario.js'
import { ratioOf } from '../stats/estimate.js'
import { Histogram } from '../stats/histogram.js'
import { bottleneckOf } from './bottleneck.js'
import { causesOf } from './causes/causes.js'
import { timeByBox } from './causes/time-by-box.js'
import { limitsOf } from './fullness.js'
import { weightOfAll, weightsOf } from './groups.js'
import { judge } from './judge.js'
import { laggingOf, overloadOf } from './overload.js'
import type { AccountRecord, ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'
import { accountOf, busiestOf, distribution, outcomeShares } from './summarize/account-result.js'
import { notesOf } from './summarize/cautions.js'
import { componentOf, hostsOf } from './summarize/component-result.js'
import { faultOf, recovery } from './summarize/fault-result.js'
import { latencyByOutcome } from './summarize/outcome-latency.js'
import { timelineOf } from './summarize/timeline-rows.js'
import { patienceOf } from './summarize/unanswered.js'

/** The same replications (or the first of them) without each fault, and without any; null if they were not run. */
interface Without {
  readonly each: readonly (readonly ReplicationRecord[] | null)[]
  readonly any: readonly ReplicationRecord[] | null
  /** Where the faults last for the whole measured span, so that causes are of what is amiss beyond those without any. */
  readonly throughout?: boolean
}

/**
 * The replications of a scenario, in their order, as one result.
 * @param drifting a component that did not settle, however long the warm-up
 */
export function summarize(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
  without: Without = { each: [], any: null },
  drifting: string | null = null,
): Result {
  const limits = limitsOf(scenario, records)
  const { unstable, overloaded } = overloadOf(scenario, records, limits)
  const lagging = laggingOf(limits)
  const { all, classes, users } = accountsOf(scenario, records, unstable === null)
  const weights = weightsOf(records)
  const replications = weightOfAll(records)
  const offered = records.map((r) => r.all.offered / scenario.lasts)
  const result: Result = {
    scenario: scenario.name,
    file: scenario.file,
    seed: scenario.seed,
    replications,
    simulated_s: scenario.lasts,
    warmup_s: warmupOf(scenario),
    requests: all.requests,
    qps: { offered: ratioOf(offered, weights), ok: all.qps },
    latency_ms: all.latency_ms,
    latency_all_ms: all.latency_all_ms,
    latency_by_outcome_ms: latencyByOutcome(
      records.map((r) => r.all),
      replications,
      unstable === null,
    ),
    availability: all.availability,
    good: all.good,
    good_within_ms: scenario.good * 1000,
    patience_s: patienceOf(scenario),
    outcome_shares: outcomeShares(records),
    // In the order of the file, not of the calls.
    components: Object.fromEntries(
      scenario.order.map((name) => [
        name,
        componentOf(scenario, name, records, unstable !== null, lagging.has(name)),
      ]),
    ),
    hosts: hostsOf(scenario, records),
    classes,
    users,
    timeline: timelineOf(scenario, records[0]!),
    faults: scenario.faults.map((_, i) => faultOf(scenario, i, records, without.each[i] ?? null)),
    bottleneck: null,
    causes: [],
    time_by_box: timeByBox(scenario, records),
    distribution: distribution(Histogram.unpack(...records.map((r) => r.all.latency))),
    notes: notesOf(scenario, { all, classes, users }, replications, unstable, drifting),
  }
  result.bottleneck = bottleneckOf(scenario, result, limits, records, overloaded)
  result.causes = causesOf(scenario, records, result.hosts, without.throughout ? without.any : null)
  if (scenario.faults.length > 0) result.recovery = recovery(scenario, records, without.any)
  if (unstable) result.unstable = unstable
  if (overloaded !== null) result.overloaded = overloaded
  if (scenario.expect.length > 0) result.expectations = scenario.expect.map((e) => judge(e, result))
  return result
}

/** @param steady whether there is a steady latency to report */
function accountsOf(scenario: Scenario, records: readonly ReplicationRecord[], steady: boolean) {
  const busiest = busiestOf(records)
  const account = (of: (record: ReplicationRecord) => AccountRecord) =>
    accountOf(scenario, records.map(of), weightsOf(records), busiest, steady)
  return {
    all: account((r) => r.all),
    classes: Object.fromEntries(scenario.classes.map((name, i) => [name, account((r) => r.classes[i]!)])),
    users: Object.fromEntries(
      scenario.users.map(({ name, malicious, page }) => [
        name,
        {
          ...account((r) => r.users[name]!),
          malicious,
          ...(page !== undefined && { pages: account((r) => r.pages![name]!) }),
        },
      ]),
    ),
  }
}
