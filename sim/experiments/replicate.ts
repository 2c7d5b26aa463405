import { Model } from '../model/model.js'
import type { Scenario } from '../scenario/scenario.js'
import type { PackedHistogram } from '../stats/histogram.js'
import { Account, type Window } from '../traffic/ledger.js'
import { type Aftermath, aftermathsOf } from './recovery.js'

/** Counts and latencies of one account, in one replication. */
export interface AccountRecord {
  offered: number
  /** Answered ok in the measured span, whenever they had arrived. */
  answered: number
  outcomes: number[]
  /** Seconds. */
  latencySum: number
  latency: PackedHistogram
}

export interface ComponentRecord {
  utilization: number
  /** Time averages. */
  queue: number
  inService: number
  inside: number
  /** Answered ok, per second. */
  throughput: number
  /** Whether there is something to wait for; requests that came into service, and their waits in seconds. */
  queues: boolean
  waits: number
  waitSum: number
  /** Requests that got a place in service or in the queue; those of them that had to wait. */
  joined: number
  delayed: number
  refused: number
  /** Requests that came in, and those that left by their outcomes. */
  entered: number
  outcomes: number[]
  /** Requests sent to each component below. */
  dispatched: Record<string, number>
  /** What a kind counts beyond this (stale reads, alerts, ...). */
  extra: Record<string, number>
}

/** What one replication yields: plain data, so that it can come from another thread. */
export interface ReplicationRecord {
  replication: number
  /** All legitimate requests. */
  all: AccountRecord
  /** Legitimate requests by class, in the scenario's order. */
  classes: AccountRecord[]
  users: Record<string, AccountRecord>
  components: Record<string, ComponentRecord>
  hosts: Record<string, { utilization: number }>
  timeline: Window[]
  strikes: Aftermath[]
  /** Mean number inside each component in each of equal bins of the whole run, warm-up included. */
  inside: Record<string, number[]>
  /** Bins of the warm-up. */
  warmBins: number
  /** Share in use of each host and component, in each window of the timeline. */
  used: Record<string, number[]>
  events: number
}

/** Runs one replication. The same scenario, seed and number give the same record, to the bit. */
export function replicate(scenario: Scenario, replication: number): ReplicationRecord {
  const model = new Model(scenario, replication)
  const series = [...model.components.values()].map(({ name, probe }) => ({
    name,
    level: probe.inside,
    before: 0,
    means: [] as number[],
  }))
  const uses = usesOf(model)
  const { windows } = model.ledger.timeline
  let binned = 0
  let warmBins = 0
  model.run(() => {
    const time = model.kernel.now
    for (const one of series) {
      // The level's area begins anew with the measured span.
      const area = one.level.integral(time)
      const since = one.level.span(time)
      one.means.push((area - (since > time - binned ? one.before : 0)) / (time - binned))
      one.before = area
    }
    if (time <= model.warmup) warmBins++
    binned = time
    for (const use of uses) {
      if (use.shares.length === windows.length) continue
      const area = use.area(time)
      use.shares.push((area - use.before) / model.ledger.timeline.length)
      use.before = area
    }
    return true
  })
  const now = model.kernel.now
  const span = scenario.lasts
  const components = Object.fromEntries(
    [...model.components].map(([name, component]): [string, ComponentRecord] => {
      const { probe, station } = component
      const own = model.wires.filter((wire) => wire.from === name)
      return [
        name,
        {
          utilization: component.utilization(now),
          queue: probe.waiting.mean(now),
          inService: station === null ? probe.inside.mean(now) : probe.serving.mean(now),
          inside: probe.inside.mean(now),
          throughput: probe.outcomes[0]! / span,
          queues: component.queues,
          waits: probe.waits.count,
          waitSum: probe.waits.sum,
          joined: probe.joined,
          delayed: probe.delayed,
          refused: probe.refused,
          entered: probe.inside.value - probe.inside.first + probe.outcomes.reduce((a, b) => a + b, 0),
          outcomes: [...probe.outcomes],
          dispatched: Object.fromEntries(own.map((wire) => [wire.towards, wire.sent])),
          extra: component.extra(now),
        },
      ]
    }),
  )
  // Attackers are kept apart: that they fail is no loss.
  const legitimate = model.users.filter((u) => !u.options.malicious)
  return {
    replication,
    all: record(Account.sum(legitimate.flatMap((u) => u.accounts))),
    classes: scenario.classes.map((_, i) => record(Account.sum(legitimate.map((u) => u.accounts[i]!)))),
    users: Object.fromEntries(model.users.map((u) => [u.name, record(Account.sum(u.accounts))])),
    components,
    hosts: Object.fromEntries(
      [...model.hosts].map(([name, { processor }]) => [
        name,
        { utilization: processor.busy.mean(now) / processor.cores },
      ]),
    ),
    timeline: model.ledger.timeline.windows,
    strikes: aftermathsOf(
      model.calamities.strikes,
      scenario.classes.map((_, i) =>
        legitimate.map(({ accounts }) => accounts[i]!.outages.all(accounts[i]!.offered)),
      ),
      model.context.losses,
      model.warmup,
    ),
    inside: Object.fromEntries(series.map(({ name, means }) => [name, means])),
    warmBins,
    used: Object.fromEntries(uses.map(({ name, shares }) => [name, shares])),
    events: model.kernel.served,
  }
}

/** What hosts and components have of their capacity in use, added up over the measured span. */
function usesOf({ hosts, components }: Model) {
  const areas: [string, (now: number) => number][] = [
    ...[...hosts].map(([name, { processor }]): [string, (now: number) => number] => [
      name,
      (now) => processor.busy.integral(now) / processor.cores,
    ]),
    ...[...components].map(([name, component]): [string, (now: number) => number] => [
      name,
      (now) => component.utilization(now) * component.probe.inside.span(now),
    ]),
  ]
  return areas.map(([name, area]) => ({ name, area, before: 0, shares: [] as number[] }))
}

function record(account: Account): AccountRecord {
  return {
    offered: account.offered,
    answered: account.answered,
    outcomes: [...account.outcomes],
    latencySum: account.latencySum,
    latency: account.latency.pack(),
  }
}
