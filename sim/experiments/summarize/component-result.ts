import type { ComponentSpec, Scenario } from '../../scenario/scenario.js'
import { type Estimate, nothing, ratioOf, scaled, weightedMeanOf } from '../../stats/estimate.js'
import { weightOfAll, weightsOf } from '../groups.js'
import type { ReplicationRecord } from '../replicate.js'
import type { ComponentResult, HostResult, Result } from '../result.js'
import { addUp, MS, named, sum } from './sums.js'
import { triesOf } from './tries.js'

type Count = 'waitSum' | 'waits' | 'delayed' | 'joined'

/**
 * What was counted at one box.
 * @param unstable whether there is no steady queue to report
 * @param lagging whether what it does aside falls behind without end
 */
export function componentOf(
  scenario: Scenario,
  name: string,
  records: readonly ReplicationRecord[],
  unstable: boolean,
  lagging = false,
): ComponentResult {
  const own = records.map((r) => r.components[name]!)
  const spec = scenario.components.find((c) => c.name === name)!
  const weights = weightsOf(records)
  const mean = (values: number[]): Estimate => weightedMeanOf(values, weights)
  const steady = (values: number[]): Estimate => (unstable ? nothing : scaled(mean(values), 1, 0))
  /** Where there is something to wait for. */
  const steadyRatio = (over: Count, under: Count, unit: number, most?: number): Estimate =>
    unstable || !own[0]!.queues
      ? nothing
      : scaled(
          ratioOf(
            own.map((c) => c[over]),
            own.map((c) => c[under]),
          ),
          unit,
          0,
          most,
        )
  const result: ComponentResult = {
    kind: spec.kind.kind,
    host: spec.host,
    utilization: scaled(mean(own.map((c) => c.utilization)), 1, 0, 1),
    queue: steady(own.map((c) => c.queue)),
    in_service: steady(own.map((c) => c.inService)),
    inside: steady(own.map((c) => c.inside)),
    throughput: scaled(mean(own.map((c) => c.throughput)), 1, 0),
    wait_ms: steadyRatio('waitSum', 'waits', MS),
    waited: steadyRatio('delayed', 'joined', 1, 1),
    refused: sum(own.map((c) => c.refused)),
    outcomes: named(addUp(own.map((c) => c.outcomes))),
  }
  const tier = scenario.components.filter(({ role }) => role === spec.role).map((one) => one.name)
  // What attackers send is nobody's retry, and not told apart.
  const tries = scenario.users.some(({ malicious }) => malicious) ? null : triesOf(tier, records)
  if (tries !== null) result.tries = tries
  const targets = Object.keys(own[0]!.dispatched)
  if (targets.length > 0) {
    result.dispatched = Object.fromEntries(targets.map((to) => [to, sum(own.map((c) => c.dispatched[to]!))]))
  }
  if (Object.keys(own[0]!.extra).length > 0) Object.assign(result, extrasOf(spec, records, lagging))
  return result
}

/** What its kind counts: the mean over the replications that have it; of what only some have, in how many. */
function extrasOf(
  { name, kind }: ComponentSpec,
  records: readonly ReplicationRecord[],
  lagging: boolean,
): Pick<ComponentResult, 'extra' | 'extra_replications'> {
  const value = (r: ReplicationRecord, key: string) => r.components[name]!.extra[key]!
  const all = Object.keys(records[0]!.components[name]!.extra).map((key) => {
    const there = records.filter((r) => Number.isFinite(value(r, key)))
    const weights = there.map(({ group }) => (group === undefined ? 1 : group.told[name]![key]!))
    const settles = !lagging || kind.counts?.[key]?.steady !== true
    const mean = weightedMeanOf(
      there.map((r) => value(r, key)),
      weights,
    )
    return { key, mean: settles ? mean : nothing, count: settles ? sum(weights) : 0 }
  })
  const replications = weightOfAll(records)
  const some = all.filter(({ count }) => count > 0 && count < replications)
  return {
    extra: Object.fromEntries(all.map(({ key, mean }) => [key, mean])),
    ...(some.length > 0 && {
      extra_replications: Object.fromEntries(some.map(({ key, count }) => [key, count])),
    }),
  }
}

export function hostsOf(scenario: Scenario, records: readonly ReplicationRecord[]): Result['hosts'] {
  const weights = weightsOf(records)
  const mean = (values: number[], most?: number) => scaled(weightedMeanOf(values, weights), 1, 0, most)
  return Object.fromEntries(
    scenario.hosts.map(({ name, memory, disk_size }) => {
      const own = records.map((r) => r.hosts[name]!)
      const host: HostResult = {
        utilization: mean(
          own.map((one) => one.utilization),
          1,
        ),
        components: scenario.components.filter((c) => c.host === name).map((c) => c.name),
      }
      if (memory !== undefined) {
        host.memory = mean(own.map((one) => one.memory!.used - one.memory!.swap))
        host.swap = mean(own.map((one) => one.memory!.swap))
        host.oom_kills = sum(own.map((one) => one.memory!.oomKills))
      }
      if (disk_size !== undefined) {
        host.disk_used = mean(
          own.map((one) => one.disk!.used),
          1,
        )
        host.disk_full_s = mean(own.map((one) => one.disk!.full))
      }
      return [name, host]
    }),
  )
}
