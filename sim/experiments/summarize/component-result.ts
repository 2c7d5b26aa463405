import type { ComponentSpec, Scenario } from '../../scenario/scenario.js'
import { type Estimate, meanOf, nothing, ratioOf, scaled } from '../../stats/estimate.js'
import type { ComponentRecord, ReplicationRecord } from '../replicate.js'
import type { ComponentResult, Result } from '../result.js'
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
  const steady = (values: number[]): Estimate => (unstable ? nothing : scaled(meanOf(values), 1, 0))
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
    utilization: scaled(meanOf(own.map((c) => c.utilization)), 1, 0, 1),
    queue: steady(own.map((c) => c.queue)),
    in_service: steady(own.map((c) => c.inService)),
    inside: steady(own.map((c) => c.inside)),
    throughput: scaled(meanOf(own.map((c) => c.throughput)), 1, 0),
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
  if (Object.keys(own[0]!.extra).length > 0) Object.assign(result, extrasOf(spec, own, lagging))
  return result
}

/** What its kind counts; of what only some replications have, in how many. */
function extrasOf(
  { kind }: ComponentSpec,
  own: readonly ComponentRecord[],
  lagging: boolean,
): Pick<ComponentResult, 'extra' | 'extra_replications'> {
  const all = Object.keys(own[0]!.extra).map((key) => ({
    key,
    values: own.map((c) => c.extra[key]!).filter(Number.isFinite),
    settles: !lagging || kind.counts?.[key]?.steady !== true,
  }))
  const some = all.filter(({ values, settles }) => settles && values.length > 0 && values.length < own.length)
  return {
    extra: Object.fromEntries(
      all.map(({ key, values, settles }) => [key, settles ? meanOf(values) : nothing]),
    ),
    ...(some.length > 0 && {
      extra_replications: Object.fromEntries(some.map(({ key, values }) => [key, values.length])),
    }),
  }
}

export function hostsOf(scenario: Scenario, records: readonly ReplicationRecord[]): Result['hosts'] {
  return Object.fromEntries(
    scenario.hosts.map(({ name }) => [
      name,
      {
        utilization: scaled(meanOf(records.map((r) => r.hosts[name]!.utilization)), 1, 0, 1),
        components: scenario.components.filter((c) => c.host === name).map((c) => c.name),
      },
    ]),
  )
}
