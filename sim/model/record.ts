import { type LimitRecord, recordOfLimit } from '../parts/limit.js'
import type { Memory } from '../parts/memory.js'
import { Outcome } from '../parts/outcome.js'
import type { Wire } from '../parts/wire.js'
import type { PackedHistogram } from '../stats/histogram.js'
import type { Probe } from '../stats/probe.js'
import { Account, type Window } from '../traffic/ledger.js'
import type { Pages } from '../traffic/pages.js'
import type { Users } from '../traffic/users.js'
import type { Model } from './model.js'
import { type FlowsRecord, isAside, limitsOf } from './series.js'

/** Counts and latencies of one account, in one replication. */
export interface AccountRecord {
  offered: number
  /** Answered ok in the measured span, whenever they had arrived. */
  answered: number
  /** Answered ok, and soon enough (`good:`). */
  good: number
  outcomes: number[]
  /** Of those offered, the ones that have no outcome: a census of what is under way. */
  underWay: number
  /** Seconds. */
  latencySum: number
  latency: PackedHistogram
  /** The same of those that were not answered ok, by the number of their outcome. */
  failures: Record<number, { sum: number; latency: PackedHistogram }>
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
  /** Ok answers that nobody waited for any more. */
  unheard: number
  /** What of it can fill, beside the cores of a host; of those that are full together the cause comes first. */
  limits: LimitRecord[]
  /** Requests sent to each component below. */
  dispatched: Record<string, number>
  /** What a kind counts beyond this (stale reads, alerts, ...). */
  extra: Record<string, number>
}

interface HostRecord {
  /** Share of its cores. */
  utilization: number
  /** Whether hardly any of that was for visitors. */
  aside: boolean
  /** Not there where nothing bounds it. */
  memory?: MemoryRecord
  disk?: DiskRecord
}

interface DiskRecord {
  /** Share of its room that is in use at the end. */
  used: number
  /** Seconds in which it was full. */
  full: number
}

interface MemoryRecord {
  /** Of memory, in the mean: shares in use, and of swap as of memory; with swap the first may be above 1. */
  used: number
  swap: number
  /** Processes that the OOM killer killed. */
  oomKills: number
}

/** The line of a wire, or the network interface or the disk of a host. */
interface LineRecord {
  name: string
  type: 'wire' | 'host'
  limit: LimitRecord
}

/** What was counted in a run, so far: plain data. */
export interface SessionRecord {
  replication: number
  /** All legitimate requests. */
  all: AccountRecord
  /** Legitimate requests by class, in the scenario's order. */
  classes: AccountRecord[]
  users: Record<string, AccountRecord>
  /** Pages of those users who load some; not there where nobody does. */
  pages?: Record<string, AccountRecord>
  components: Record<string, ComponentRecord>
  hosts: Record<string, HostRecord>
  /** Not there where nothing has a bandwidth, and nothing shares a disk. */
  lines?: LineRecord[]
  timeline: Window[]
  /** Mean number inside each component, and under way over each line, in each of equal bins of the whole run, warm-up included. */
  inside: Record<string, number[]>
  /** Bins of the warm-up. */
  warmBins: number
  /** Share in use of each host and component, in each window of the timeline. */
  used: Record<string, number[]>
  /** Requests that came into each component, in each window. */
  entered: Record<string, number[]>
  /** Of the first replication: what passes while a fault lasts. */
  flows?: FlowsRecord
  events: number
}

/** Attackers are kept apart: that they fail is no loss. */
export const legitimate = ({ users }: Model): Users[] => users.filter((u) => !u.options.malicious)

/** What users asked, and what became of it. */
export function accountsOf(model: Model): Pick<SessionRecord, 'all' | 'classes' | 'users' | 'pages'> {
  const own = legitimate(model)
  const pages = model.users.flatMap((u) =>
    u.pages === null ? [] : [[u.name, pagesOf(u.name, u.pages)] as const],
  )
  return {
    all: requestsOf('all', own, () => true),
    classes: model.scenario.classes.map((name, i) => requestsOf(name, own, (kind) => kind === i)),
    users: Object.fromEntries(model.users.map((u) => [u.name, requestsOf(u.name, [u], () => true)])),
    ...(pages.length > 0 && { pages: Object.fromEntries(pages) }),
  }
}

/** @param counts whether a class belongs to it, by its index */
function requestsOf(name: string, users: readonly Users[], counts: (kind: number) => boolean): AccountRecord {
  const accounts = users.flatMap((u) => u.accounts.filter((_, kind) => counts(kind)))
  const underWay = users.reduce((n, u) => n + u.underWay().filter((r) => counts(r.class)).length, 0)
  return record(`account of "${name}"`, Account.sum(accounts), underWay)
}

const pagesOf = (users: string, { account, underWay }: Pages): AccountRecord =>
  record(`account of the pages of "${users}"`, account, underWay)

/**
 * @throws Error if the requests that were offered are not those that have ended and those that are under way: one was
 * lost, or counted twice, and no share of them would be true
 */
function record(name: string, account: Account, underWay: number): AccountRecord {
  const { offered, answered, good, outcomes, latencySum, latency, failures } = account
  const ended = outcomes.reduce((a, b) => a + b, 0)
  if (offered !== ended + underWay) {
    throw new Error(
      `the ${name} does not balance: ${offered} requests were offered, ${ended} have ended and ${underWay} are under way`,
    )
  }
  return {
    offered,
    answered,
    good,
    outcomes: [...outcomes],
    underWay,
    latencySum,
    latency: latency.pack(),
    failures: packed(failures),
  }
}

const packed = (failures: Account['failures']): AccountRecord['failures'] =>
  Object.fromEntries(
    [...failures].map(([outcome, { sum, histogram }]) => [outcome, { sum, latency: histogram.pack() }]),
  )

/** Requests that came in in the measured span. */
const enteredOf = ({ inside, outcomes }: Probe): number =>
  inside.value - inside.first + outcomes.reduce((a, b) => a + b, 0)

/** By where they lead: several may go to one place, to what stands beside it too. */
function sentOver(wires: readonly Wire[]): Record<string, number> {
  const sent: Record<string, number> = {}
  for (const { towards, sent: by } of wires) sent[towards] = (sent[towards] ?? 0) + by
  return sent
}

/** What was counted at each box. @param span seconds measured */
export function componentsOf(model: Model, span: number): Record<string, ComponentRecord> {
  const { now } = model.kernel
  return Object.fromEntries(
    [...model.components].map(([name, component]): [string, ComponentRecord] => {
      const { probe, station } = component
      probe.verify(name)
      const own = model.wires.filter((wire) => wire.from === name)
      return [
        name,
        {
          utilization: component.utilization(now),
          queue: probe.waiting.mean(now),
          inService: station === null ? probe.inside.mean(now) : probe.serving.mean(now),
          inside: probe.inside.mean(now),
          throughput: probe.outcomes[Outcome.ok]! / span,
          queues: component.queues,
          waits: probe.waits.count,
          waitSum: probe.waits.sum,
          joined: probe.joined,
          delayed: probe.delayed,
          refused: probe.refused,
          entered: enteredOf(probe),
          outcomes: [...probe.outcomes],
          unheard: probe.unheard,
          limits: limitsOf(model, component).map((limit) => recordOfLimit(limit, now)),
          dispatched: sentOver(own),
          extra: { ...component.extra(now), ...component.everyCount(now) },
        },
      ]
    }),
  )
}

export function hostsOf({ hosts, kernel }: Model): Record<string, HostRecord> {
  return Object.fromEntries(
    [...hosts].map(([name, host]) => [
      name,
      {
        utilization: host.processor.busy.mean(kernel.now) / host.processor.cores,
        aside: isAside(host, kernel.now),
        ...(host.memory !== null && { memory: memoryOf(host.memory, kernel.now) }),
        ...(host.space !== null && {
          disk: { used: host.space.used, full: host.space.full.integral(kernel.now) },
        }),
      },
    ]),
  )
}

const memoryOf = ({ used, swapped, kills, options }: Memory, now: number): MemoryRecord => ({
  used: used.mean(now) / options.memory,
  swap: swapped.mean(now) / options.memory,
  oomKills: kills,
})

export function linesOf({ shared, kernel }: Model): Pick<SessionRecord, 'lines'> {
  const all = shared.map(({ limit, ...one }) => ({ ...one, limit: recordOfLimit(limit, kernel.now) }))
  return all.length > 0 ? { lines: all } : {}
}
