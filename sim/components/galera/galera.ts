import * as z from 'zod'
import {
  count,
  countPerClass,
  duration,
  flag,
  law,
  perClass,
  period,
  refs,
  share,
} from '../../options/types.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { Recorded } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'
import { meshOf } from '../cluster/network.js'
import { clusterOf, misnamed } from '../cluster/nodes.js'
import { RowLocks } from '../cluster/row-locks.js'
import { DatabaseServer, serverOptions } from '../mysql/database-server.js'
import { StaleReads, staleCounts } from '../mysql/stale-reads.js'
import { Cluster, type Node, type Standing } from './cluster.js'
import { galeraVariables } from './galera-variables.js'
import { Receiver } from './receiver.js'

/** More nodes than people have, since each commit waits for all of them. */
const MOST_NODES = 12

const galeraOptions = z.strictObject({
  ...serverOptions,
  io: perClass().prefault('0s').describe('time of a query beside its CPU time: what it reads from the disk'),
  fsync: duration()
    .prefault('0s')
    .describe('of the log when writes commit: those that wait for it together have one (group commit)'),
  cluster: refs({ kind: 'galera', role: 'copies' })
    .refine(({ length }) => length < MOST_NODES, `expected fewer than ${MOST_NODES} others`)
    .optional()
    .describe('all other nodes of its cluster, said at one of them (wsrep_cluster_address)'),
  apply: perClass()
    .optional()
    .describe('CPU time to apply a write of another node; default: its service time'),
  wsrep_slave_threads: count(1, 1024)
    .prefault(1)
    .describe('appliers of what other nodes wrote; commits are in order'),
  gcs_fc_limit: count(1, 1_000_000)
    .prefault(16)
    .describe(
      'gcs.fc_limit: more write sets that wait here hold all writers back; times the square root of the number of nodes',
    ),
  gcs_fc_factor: share()
    .prefault('100%')
    .describe('gcs.fc_factor: of that limit, so many and fewer let them go on'),
  gcs_fc_single_primary: flag()
    .prefault('off')
    .describe('gcs.fc_single_primary: the limit is the same for any number of nodes'),
  evs_suspect_timeout: period()
    .prefault('5s')
    .describe('evs.suspect_timeout: silence after which the others go on without a node, about 1.2 s later'),
  pc_weight: count(0, 255)
    .prefault(1)
    .describe('pc.weight: more than half of the weight of the last primary component is the next one'),
  bootstrap: law()
    .optional()
    .describe(
      'from the loss of the majority until somebody makes those that are left the primary component; default: nobody does',
    ),
  rows: countPerClass(1, 1_000_000)
    .optional()
    .describe('rows of which a write changes one, each as often; default: each changes one of its own'),
  wsrep_retry_autocommit: count(0, 100)
    .prefault(1)
    .describe('how often a write is tried again that was rolled back for another of the same row'),
})
type Options = z.output<typeof galeraOptions>

/** What a node notes on a write: its row, if others write that too, and 1; how often it was rolled back; the last position committed here when it got its row; whether it is on its way to the others. */
const visit = notes({ row: 'note1', rollbacks: 'note2', seen: 'note3', sent: 'note4' })

/**
 * A node of a Galera cluster: a MariaDB server that takes reads and writes as all others of its cluster do.
 *
 * A write works here, goes to all nodes, and is certified once all have it; then it commits here, with its fsync, and is
 * answered; the others apply it after that, in the same order. Reads are answered from what is committed here
 * (wsrep_sync_wait 0). A node that is not in the primary component, or not in sync, answers every query with error 1047; a
 * commit that was on its way then fails with 1180 (measured). A health check that asks for an answer sees that, as with
 * clustercheck; one that only connects does not.
 *
 * Of two writes of one row at different nodes the first to be ordered wins. The other is rolled back: when its own
 * certification fails, or at once if it still works when the winner is applied at its node. It is tried again
 * wsrep_retry_autocommit times, and then gets error 1213. At one node writes of a row wait for one another, to the end of
 * the commit.
 * Sources: MariaDB 10.11 and Galera 4 (`SHOW VARIABLES`: defaults), measured there; Galera documentation
 * (Certification-Based Replication, Flow Control: the limit is times the square root of the number of nodes).
 */
class Galera extends DatabaseServer implements Node {
  cluster: Cluster<Galera>
  readonly receiver: Receiver
  place = 0
  standing: Standing = 'synced'
  kept = Number.POSITIVE_INFINITY
  readonly weight: number
  /** Seconds. */
  readonly suspectTimeout: number
  /** Whether it asks that nobody sends more. */
  stops = false
  private readonly rows: readonly number[]
  private readonly choosing: Stream
  private readonly locks: RowLocks
  /** 1 while it answers no query, 0 else; dead or not. */
  private readonly away = new Level()
  private pauses = 0
  private readonly stale = new StaleReads()
  private failures = 0
  private aborts = 0
  /** The node that names the others: where reports show what concerns all. */
  private readonly leads: boolean

  constructor(
    site: Site,
    private readonly options: Options,
  ) {
    super(site, options)
    this.weight = options.pc_weight
    this.suspectTimeout = options.evs_suspect_timeout
    this.rows = options.rows?.each(site.classes, 0) ?? site.classes.map(() => 0)
    this.choosing = site.context.stream(this.dataRole, 'rows')
    this.locks = new RowLocks(this.holdsRow)
    this.receiver = new Receiver(
      {
        process: this.process,
        now: () => this.context.kernel.now,
        cpu: (job, seconds, then) => this.run(job, seconds, then),
        disk: this.read,
        sync: this.sync,
        slowed: (job, seconds) => this.process.slowed(job, seconds) / this.processor.speed.value,
        classOf: (position) => this.cluster.history.classOf(position),
        timeOf: (position) => this.cluster.history.timeOf(position),
        applying: (row) => this.clear(row),
        committed: (position, own, row) => this.committed(position, own, row),
        waited: () => this.waited(),
      },
      {
        threads: options.wsrep_slave_threads,
        apply: this.demand(options.apply ?? options.service, 'apply'),
        io: this.demand(options.io, 'apply io'),
        fsync: options.fsync,
      },
    )
    this.leads = options.cluster !== undefined
    this.cluster = new Cluster(site.context)
    if (options.writes) this.cluster.tell(options.writes.names.map((name) => site.classes.indexOf(name)))
    const others = (options.cluster ?? []).map((to) => nodeOf(site, to.name))
    this.form([this, ...others])
    const changed = () => {
      this.cluster.look()
      this.noteAway()
    }
    this.up.watch(changed)
    this.process.alive.watch(changed)
    this.running.watch(changed)
    this.host.power.watch(changed)
  }

  /** It and `others` are one cluster, whose only member that knows of it is this one so far. */
  private form(nodes: readonly Galera[]): void {
    const { cluster, site, options } = this
    for (const [place, node] of nodes.entries()) {
      if (node !== this) cluster.join(node.cluster)
      node.cluster = cluster
      node.place = place
    }
    const network = meshOf(
      nodes,
      (a, b) => a.site.wire(b.name),
      () => this.cluster.look(),
    )
    const stream = site.context.stream(this.name, 'bootstrap')
    const bootstrap = options.bootstrap === undefined ? null : { after: options.bootstrap, stream }
    cluster.form(nodes, network, bootstrap)
  }

  get servers(): Cluster<Galera> {
    return this.cluster
  }

  get takesWrites(): boolean {
    return this.standing === 'synced'
  }

  get takesReads(): boolean {
    return this.standing === 'synced'
  }

  get leaves(): boolean {
    return this.rotation.value === 0
  }

  // ---- The life of a query -----------------------------------------------------------------------------------

  protected admission(request: Request): Outcome {
    if (this.standing !== 'synced') return request.health ? Outcome.unavailable : Outcome.notPrimary
    if (!request.health && !this.cluster.writes(request.class)) this.countRead(request)
    return Outcome.ok
  }

  /** A read is stale if a write that was committed somewhere before it was sent is not visible here. */
  private countRead(request: Request): void {
    const sent = this.context.kernel.now - request.wire!.latency.value
    this.stale.count(this.receiver.applied < this.cluster.history.visibleAt(sent))
  }

  protected override work(request: Request): void {
    const rows = this.rows[request.class]!
    if (rows === 0 || !this.cluster.writes(request.class)) super.work(request)
    else {
      // A row of one class is none of another.
      const row = Math.floor(request.draws(this.choosing).next() * rows) * this.rows.length + request.class
      request[visit.row] = row + 1
      this.locks.take(row, request)
    }
  }

  /** It has its row to itself, at this node. */
  private readonly holdsRow = (request: Request): void => {
    request[visit.seen] = this.receiver.applied
    request[visit.sent] = 0
    super.work(request)
  }

  /** Its work is done, but for what all nodes have to agree on. */
  protected commit(request: Request): void {
    request[visit.sent] = 1
    if (this.standing === 'synced') this.cluster.order.send(this, request)
    else this.refuseCommit(request)
  }

  rowOf(request: Request): number {
    return request[visit.row] - 1
  }

  seenBy(request: Request): number {
    return request[visit.seen]
  }

  private committed(position: number, own: Request | null, row: number | undefined): void {
    this.cluster.history.committed(position)
    if (own !== null) this.finish(own, Outcome.ok)
    else if (row !== undefined) this.locks.applied(row)
  }

  /** It is answered, and its row is free. */
  private finish(request: Request, outcome: Outcome): void {
    const row = this.rowOf(request)
    this.answer(request, outcome)
    if (row >= 0) this.locks.release(row)
  }

  private readonly refuseCommit = (request: Request): void => this.finish(request, Outcome.notPrimary)

  fail(requests: readonly Request[]): void {
    for (const request of requests) this.proceed(this.refuseCommit, request)
  }

  setBack(position: number): void {
    const own = this.receiver.set(position)
    this.locks.stopApplying()
    this.fail(own)
  }

  /** A write of another node is applied to `row`: who holds that here, and still works, is rolled back. */
  private clear(row: number): void {
    const holder = this.locks.apply(row)
    if (holder === null || holder[visit.sent] === 1) return
    this.aborts++
    this.halt(holder)
    this.rollBack(holder)
  }

  /** Another wrote its row first, and came before it in the order. */
  conflicted(request: Request): void {
    this.failures++
    this.proceed(this.rollBack, request)
  }

  private readonly rollBack = (request: Request): void => {
    if (request[visit.rollbacks] >= this.options.wsrep_retry_autocommit) {
      this.finish(request, Outcome.deadlock)
      return
    }
    const row = this.rowOf(request)
    request[visit.rollbacks]++
    this.locks.take(row, request)
    this.locks.release(row)
  }

  // ---- Among the others -------------------------------------------------------------------------------------------

  /** Write sets that may wait here before it holds all writers back, and how few let them go on. */
  private get limitOfQueue(): number {
    const { gcs_fc_limit, gcs_fc_single_primary } = this.options
    return this.cluster.limit(gcs_fc_limit, !gcs_fc_single_primary)
  }

  get isClose(): boolean {
    return this.receiver.waiting <= this.limitOfQueue * this.options.gcs_fc_factor
  }

  /** Flow control: a node that is still catching up holds nobody back. */
  private waited(): void {
    if (this.standing === 'catching up') this.cluster.approach(this)
    const stops = this.stops
      ? !this.isClose && this.standing === 'synced'
      : this.standing === 'synced' && this.receiver.waiting > this.limitOfQueue
    if (stops === this.stops) return
    this.stops = stops
    if (stops) this.pauses++
    this.cluster.order.flow(this)
  }

  stands(): void {
    if (this.standing === 'synced') this.receiver.inStep()
    this.noteAway()
    this.waited()
  }

  private noteAway(): void {
    this.away.set(this.context.kernel.now, this.standing === 'synced' && this.serves ? 0 : 1)
  }

  override crashed(): void {
    super.crashed()
    this.locks.clear()
    this.receiver.set(this.receiver.applied)
    this.cluster.died(this)
  }

  override started(): void {
    super.started()
    this.cluster.started(this)
  }

  // ---- What reports show ----------------------------------------------------------------------------------------

  /** What it applies of what others wrote. */
  override asideUse(now: number): number {
    const span = this.probe.inside.span(now)
    return span > 0 ? this.receiver.cpuTime / span / this.processor.cores : 0
  }

  override limits(): readonly Limit[] {
    return this.cluster.members.length === 1 ? super.limits() : [...super.limits(), this.receiver.limit]
  }

  override restart(now: number): void {
    super.restart(now)
    this.receiver.restart()
    this.away.restart(now)
    this.pauses = 0
    this.stale.restart()
    this.failures = 0
    this.aborts = 0
    if (this.leads) this.cluster.restart()
  }

  override extra(now: number): Record<string, number> {
    const { cluster, receiver } = this
    if (cluster.members.length === 1) return {}
    const { lags, lagSum, lagMax, queue } = receiver
    return {
      ...(this.leads ? cluster.counts(now) : {}),
      not_ready_s: this.away.integral(now),
      recv_queue: queue.mean(now),
      flow_control_sent: this.pauses,
      apply_lag_ms: lags > 0 ? (lagSum / lags) * 1000 : Number.NaN,
      apply_lag_max_ms: lags > 0 ? lagMax * 1000 : Number.NaN,
      ...(this.options.rows ? { cert_failures: this.failures, bf_aborts: this.aborts } : {}),
      ...this.stale.extra,
    }
  }
}

/** The node `name`, which the scenario's check has seen to be one. */
function nodeOf(site: Site, name: string): Galera {
  const node = site.component(name)
  if (!(node instanceof Galera)) throw new Error(`${name} is no Galera node`)
  return node
}

type Described = Neighbour<Options>

const leads = ({ options }: Described): boolean => options.cluster !== undefined

/** Whether there are others in its cluster. */
const isOneOf = (self: Described, all: readonly Neighbour[]): boolean => clusterOf(self.name, all).length > 1

const hasRows = (self: Described, all: readonly Neighbour[]): boolean =>
  self.options.rows !== undefined && isOneOf(self, all)

/** Whether writes would be applied in the time that is recorded of queries, which an applier does not know. */
const appliesTrace = ({ service, apply }: Options): boolean =>
  apply === undefined &&
  [...service.byClass.values(), service.otherwise].some((law) => law instanceof Recorded)

export const galera = kind({
  kind: 'galera',
  says: 'a node of a database cluster, all of which take reads and writes (MariaDB Galera)',
  known: galeraVariables,
  aliases: ['pxc', 'xtradb', 'wsrep', 'garbd'],
  icon: 'M3 4.5c0-3 12-3 12 0c0 3-12 3-12 0v9c0 3 12 3 12 0v-9M6 12h6M6 12l2-2M6 12l2 2M12 12l-2-2M12 12l-2 2',
  example: `
    galera: { kind: galera, service: exponential(5ms), fsync: 1ms, rows: 1000, cluster: [node-2, node-3] }
    node-2: { kind: galera, service: exponential(5ms), fsync: 1ms, rows: 1000 }
    node-3: { kind: galera, service: exponential(5ms), fsync: 1ms, rows: 1000 }`,
  options: galeraOptions,
  keepsData: true,
  encrypts: ({ tls }) => tls,
  misfits: (self, all) => [...unapplied(self, all), ...misnamed(self, all)],
  counts: {
    no_primary_s: { unit: 's', says: 'time without a primary component', when: leads },
    stalled_s: {
      unit: 's',
      says: 'time in which commits waited for a node that was silent',
      when: leads,
      newsFrom: 1,
    },
    flow_control_share: {
      unit: 'share',
      says: 'share of the time in which flow control held writes back',
      when: leads,
    },
    bootstraps: {
      unit: 'count',
      says: 'bootstraps of what was left',
      happened: 'somebody bootstrapped what was left of the cluster',
      when: leads,
    },
    lost_writes: { unit: 'count', says: 'answered writes lost', when: leads, zeroBeside: 'bootstraps' },
    not_ready_s: { unit: 's', says: 'time in which it answered no query', when: isOneOf },
    recv_queue: { unit: 'count', says: 'write sets that wait for an applier in the mean', when: isOneOf },
    flow_control_sent: { unit: 'count', says: 'times that it held all writers back', when: isOneOf },
    apply_lag_ms: {
      unit: 'ms',
      says: 'mean time until a write of another node was visible here',
      when: isOneOf,
      steady: true,
    },
    apply_lag_max_ms: {
      unit: 'ms',
      says: 'longest time until a write of another node was visible here',
      when: isOneOf,
      newsFrom: 1000,
    },
    cert_failures: { unit: 'count', says: 'writes that failed their certification', when: hasRows },
    bf_aborts: { unit: 'count', says: 'writes rolled back while they worked', when: hasRows },
    ...staleCounts(isOneOf),
  },
  build: (site, options) => new Galera(site, options),
})

function unapplied({ name, options }: Described, all: readonly Neighbour[]) {
  const message =
    'is missing: a recording of queries (service: trace) does not say how long another node takes to apply them'
  return clusterOf(name, all).length > 1 && appliesTrace(options) ? [{ path: ['apply'], message }] : []
}
