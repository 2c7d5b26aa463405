import * as z from 'zod'
import { count, countPerClass, duration, flag, law, oneOf, perClass, refs } from '../../options/types.js'
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
import { Commits } from '../mysql/commits.js'
import { DatabaseServer, serverOptions } from '../mysql/database-server.js'
import { StaleReads, staleCounts } from '../mysql/stale-reads.js'
import { Group, type Member, type Standing, SUSPECTED } from './group.js'
import { groupVariables } from './group-variables.js'
import { Quota } from './quota.js'
import { RelayLog } from './relay-log.js'

/** Members that a group can have (8.0 manual, Group Replication Limitations). */
const MOST_MEMBERS = 9

const groupOptions = z.strictObject({
  ...serverOptions,
  io: perClass().prefault('0s').describe('time of a query beside its CPU time: what it reads from the disk'),
  fsync: law()
    .optional()
    .describe(
      'of a log at a commit, which has two: redo log and binlog; those that wait for one together share it. Default: none waits',
    ),
  members: refs({ kind: 'group_replication', role: 'copies' })
    .refine(({ length }) => length < MOST_MEMBERS, `expected fewer than ${MOST_MEMBERS} others`)
    .optional()
    .describe('all other members of its group, said at one of them: the primary to begin with'),
  group_replication_single_primary_mode: flag()
    .prefault('on')
    .describe('one member takes the writes; off: all do. Said at the one that names the others'),
  group_replication_consistency: oneOf('EVENTUAL', 'BEFORE_ON_PRIMARY_FAILOVER')
    .prefault('EVENTUAL')
    .describe(
      'what a new primary does before it has applied what the old one wrote: it answers, or lets queries wait',
    ),
  group_replication_member_weight: count(0, 100)
    .prefault(50)
    .describe('the largest is the next primary; of equal ones the first'),
  group_replication_member_expel_timeout: duration()
    .prefault('5s')
    .describe('from a suspicion, after 5s of silence, until the member is expelled'),
  group_replication_unreachable_majority_timeout: duration()
    .prefault('0s')
    .describe('it leaves the group, and rolls back what waits, when it hears no majority; 0s: it waits'),
  group_replication_autorejoin_tries: count(0, 2016)
    .prefault(3)
    .describe('tries to join again of one that was expelled or left, five minutes apart'),
  group_replication_flow_control_mode: oneOf('QUOTA', 'DISABLED')
    .prefault('QUOTA')
    .describe('whether writers are held back for a member that falls behind'),
  group_replication_flow_control_applier_threshold: count(1, 2_147_483_647)
    .prefault(25_000)
    .describe('writes that wait at a member from which on they are'),
  replica_parallel_workers: count(1, 1024)
    .prefault(4)
    .describe('appliers of what other members wrote; they commit in order'),
  apply: perClass()
    .optional()
    .describe('CPU time to apply a write of another member; default: its service time'),
  force_members: law()
    .optional()
    .describe(
      'from the loss of the majority until somebody makes those that are left the group (group_replication_force_members, or a bootstrap); default: nobody does',
    ),
  rows: countPerClass(1, 1_000_000)
    .optional()
    .describe('rows of which a write changes one, each as often; default: each changes one of its own'),
})
type Options = z.output<typeof groupOptions>

/** What a member notes on a write: its row, if others write that too, and 1; how many of its writes were visible when it got it; whether it is on its way to the others. */
const visit = notes({ row: 'note1', seen: 'note2', sent: 'note3' })

/**
 * A member of a MySQL group (Group Replication of MySQL 8.0): one of them, the primary, takes writes, or all do.
 *
 * A write works here, waits for its place in the order, for which a majority of the group has to have it, and is certified;
 * then it is committed, with an fsync of the redo log and one of the binlog, and answered. The others apply it after that. So
 * what was answered is not lost with a minority of the members. A member that takes no writes turns them down (read_only), and
 * any member whose process runs answers reads, from what it has: also one without a majority, or out of the group.
 *
 * With `rows:` and several members that take writes, the first of two writes of one row to be ordered wins. The other is rolled
 * back: when it is certified (error 3101), or at once if it still works when the winner is applied here (a lock of high
 * priority; error 1213). Nobody tries it again. At one member writes of a row wait for one another, to the end of the commit.
 *
 * Health checks that ask for an answer get one while the member is online, and has not been without a majority for 5 s (as the
 * view gr_member_routing_candidate_status, which proxies ask, has it).
 * Sources: MySQL 8.0 Reference Manual, chapter Group Replication (Primary-Secondary and Group Replication; Transaction
 * Consistency Guarantees: EVENTUAL, BEFORE_ON_PRIMARY_FAILOVER); defaults: Group Replication System Variables.
 */
class GroupReplication extends DatabaseServer implements Member {
  group: Group<GroupReplication>
  readonly relayLog: RelayLog
  place = 0
  standing: Standing = 'online'
  writable = true
  connected = false
  readonly weight: number
  /** Seconds. */
  readonly majorityTimeout: number
  readonly expelTimeout: number
  readonly tries: number
  readonly threshold: number
  /** Its own writes that were certified, and those of them that are not committed. */
  written = 0
  private uncommitted = 0
  /** When it last heard a majority. */
  private lostAt = Number.POSITIVE_INFINITY
  /** Up to where it has to apply what the last primary wrote before it answers; and who waits for that. */
  private fence = 0
  private fenced: Request[] = []
  private quota: Quota<GroupReplication> | null = null
  private readonly commits: Commits | null
  private readonly rows: readonly number[]
  private readonly choosing: Stream
  private readonly locks: RowLocks
  private readonly stale = new StaleReads()
  private conflicts = 0
  /** 1 while it is not online, or without a majority. */
  private readonly away = new Level()
  /** The member that names the others: where reports show what concerns all. */
  private readonly leads: boolean

  constructor(
    site: Site,
    private readonly options: Options,
  ) {
    super(site, options)
    this.weight = options.group_replication_member_weight
    this.majorityTimeout = options.group_replication_unreachable_majority_timeout
    this.expelTimeout = options.group_replication_member_expel_timeout
    this.tries = options.group_replication_autorejoin_tries
    this.threshold =
      options.group_replication_flow_control_mode === 'QUOTA'
        ? options.group_replication_flow_control_applier_threshold
        : 0
    this.rows = options.rows?.each(site.classes, 0) ?? site.classes.map(() => 0)
    this.choosing = site.context.stream(this.dataRole, 'rows')
    this.locks = new RowLocks(this.holdsRow)
    this.commits = options.fsync === undefined ? null : this.durably(options)
    this.relayLog = new RelayLog(
      site.context,
      {
        process: this.process,
        now: () => this.context.kernel.now,
        cpu: (job, seconds, then) => this.run(job, seconds, then),
        slowed: (job, seconds) => this.process.slowed(job, seconds) / this.processor.speed.value,
        disk: this.read,
        durable: this.commits === null ? null : (job) => this.commits!.apply(job),
        rows: () => null,
      },
      options.replica_parallel_workers,
      this.demand(options.apply ?? options.service, 'apply'),
      this.demand(options.io, 'apply io'),
      {
        hears: () => this.connected,
        applying: (row) => this.clear(row),
        applied: (row) => this.locks.applied(row),
        advanced: () => this.advanced(),
      },
    )
    this.leads = options.members !== undefined
    this.group = new Group(site.context)
    if (options.writes) this.group.tell(options.writes.names.map((name) => site.classes.indexOf(name)))
    this.form([this, ...(options.members ?? []).map((to) => memberOf(site, to.name))])
    const changed = () => this.group.look()
    this.up.watch(changed)
    this.process.alive.watch(changed)
    this.running.watch(changed)
    this.host.power.watch(changed)
  }

  /** It and `others` are one group, whose only member that knows of it is this one so far. */
  private form(members: readonly GroupReplication[]): void {
    const { group, site, options } = this
    for (const [place, member] of members.entries()) {
      if (member !== this) group.join(member.group)
      member.group = group
      member.place = place
    }
    const network = meshOf(
      members,
      (a, b) => a.site.wire(b.name),
      () => this.group.look(),
    )
    const stream = site.context.stream(this.name, 'force members')
    const helps = options.force_members === undefined ? null : { after: options.force_members, stream }
    group.form(members, network, options.group_replication_single_primary_mode, helps)
    if (members.length === 1 || members.every(({ threshold }) => threshold === 0)) return
    const quota = new Quota<GroupReplication>(site.context, members)
    for (const member of members) member.quota = quota
  }

  get applier() {
    return this.relayLog.applier
  }

  get servers(): Group<GroupReplication> {
    return this.group
  }

  get takesWrites(): boolean {
    return this.writable && this.group.has(this)
  }

  get takesReads(): boolean {
    return this.standing === 'online' && this.group.has(this)
  }

  override get confirms(): boolean {
    return this.standing === 'online' && this.connected
  }

  get leaves(): boolean {
    return this.rotation.value === 0
  }

  // ---- The life of a query -----------------------------------------------------------------------------------

  protected admission(request: Request): Outcome {
    if (request.health) return this.isCandidate ? Outcome.ok : Outcome.unavailable
    if (this.group.writes(request.class)) return this.writable ? Outcome.ok : Outcome.readOnly
    const sent = this.context.kernel.now - request.wire!.latency.value
    this.stale.count(this.relayLog.misses(sent))
    return Outcome.ok
  }

  private get isCandidate(): boolean {
    return this.standing === 'online' && this.context.kernel.now < this.lostAt + SUSPECTED
  }

  protected override work(request: Request): void {
    if (this.applier.applied < this.fence) this.fenced.push(request)
    else this.takeRow(request)
  }

  private readonly takeRow = (request: Request): void => {
    const rows = this.rows[request.class]!
    if (rows === 0 || !this.group.writes(request.class)) super.work(request)
    else {
      // A row of one class is none of another.
      const row = Math.floor(request.draws(this.choosing).next() * rows) * this.rows.length + request.class
      request[visit.row] = row + 1
      this.locks.take(row, request)
    }
  }

  /** It has its row to itself, at this member. */
  private readonly holdsRow = (request: Request): void => {
    const row = this.rowOf(request)
    request[visit.seen] = this.group.certifier.writesOf(row) - this.relayLog.unappliedOf(row)
    request[visit.sent] = 0
    super.work(request)
  }

  /** Its work is done, but for what a majority has to agree on. */
  protected commit(request: Request): void {
    request[visit.sent] = 1
    if (this.quota === null || !this.quota.waits(this, request)) this.propose(request)
  }

  go(request: Request): void {
    this.proceed(this.propose, request)
  }

  private readonly propose = (request: Request): void => {
    if (this.writable) this.group.certifier.send(this, request)
    else this.finish(request, Outcome.readOnly)
  }

  rowOf(request: Request): number {
    return request[visit.row] - 1
  }

  seenBy(request: Request): number {
    return request[visit.seen]
  }

  certified(request: Request): void {
    this.written++
    this.uncommitted++
    if (this.commits === null) this.committed(request)
    else this.commits.join(request)
  }

  private durably({ fsync }: Options): Commits {
    const stream = this.site.context.stream(this.dataRole, 'fsync')
    return new Commits(
      {
        now: () => this.context.kernel.now,
        process: this.process,
        sync: (job, then) => this.sync(job, fsync!.sample(stream), then),
        logs: () => true,
        together: () => {},
        write: () => {},
        commit: (request) => this.committed(request),
        await: () => {},
        applied: (job) => this.applier.committed(job),
      },
      // The defaults of MySQL 8.0: innodb_flush_log_at_trx_commit 1, sync_binlog 1.
      { flush: 1, sync: 1, phase: 0, awaits: false, gathers: true },
    )
  }

  private committed(request: Request): void {
    this.uncommitted--
    this.group.committed(this)
    this.finish(request, Outcome.ok)
  }

  /** It is answered, and its row is free. */
  private finish(request: Request, outcome: Outcome): void {
    const row = this.rowOf(request)
    this.answer(request, outcome)
    if (row >= 0) this.locks.release(row)
  }

  private readonly rollBack = (request: Request): void => this.finish(request, Outcome.deadlock)

  private readonly giveUp = (request: Request): void => this.finish(request, Outcome.notPrimary)

  /** Another wrote its row first, and came before it in the order. */
  conflicted(request: Request): void {
    this.conflicts++
    this.proceed(this.rollBack, request)
  }

  /** A write of another member is applied to `row`: who holds that here, and still works, is rolled back. */
  private clear(row: number): void {
    const holder = this.locks.apply(row)
    if (holder === null || holder[visit.sent] === 1) return
    this.conflicts++
    this.halt(holder)
    this.rollBack(holder)
  }

  fail(requests: readonly Request[]): void {
    for (const request of requests) this.proceed(this.giveUp, request)
  }

  // ---- Among the others -------------------------------------------------------------------------------------------

  elected(): void {
    if (this.options.group_replication_consistency !== 'EVENTUAL') this.fence = this.applier.received
  }

  private advanced(): void {
    this.group.applied(this)
    if (this.fenced.length === 0 || this.applier.applied < this.fence) return
    const waiting = this.fenced
    this.fenced = []
    for (const request of waiting) this.proceed(this.takeRow, request)
  }

  stands(): void {
    const { now } = this.context.kernel
    if (this.connected) this.lostAt = Number.POSITIVE_INFINITY
    else if (this.lostAt > now) this.lostAt = now
    if (this.standing === 'error' || this.standing === 'offline') this.relayLog.stop(!this.serves)
    this.away.set(now, this.standing === 'online' && this.connected ? 0 : 1)
  }

  override crashed(): void {
    super.crashed()
    this.locks.clear()
    this.fenced = []
    this.fence = 0
    this.quota?.clear(this)
    this.commits?.dies(false)
    // They have their place in the order: others have them.
    for (; this.uncommitted > 0; this.uncommitted--) this.group.committed(this)
    this.relayLog.stop(true)
    this.group.died(this)
  }

  override started(): void {
    super.started()
    this.group.look()
  }

  // ---- What reports show ----------------------------------------------------------------------------------------

  /** What it applies of what others wrote. */
  override asideUse(now: number): number {
    const span = this.probe.inside.span(now)
    return span > 0 ? this.applier.cpuTime / span / this.processor.cores : 0
  }

  override limits(): readonly Limit[] {
    const says = 'appliers (replica_parallel_workers)'
    return this.isOneOfSeveral ? [...super.limits(), { ...this.applier.limit, says }] : super.limits()
  }

  private get isOneOfSeveral(): boolean {
    return this.group.members.length > 1
  }

  override restart(now: number): void {
    super.restart(now)
    this.applier.restart()
    this.away.restart(now)
    this.stale.restart()
    this.conflicts = 0
    this.commits?.restart()
    if (!this.leads) return
    this.group.restart()
    if (this.quota !== null) this.quota.held = 0
  }

  override extra(now: number): Record<string, number> {
    const { group, quota } = this
    const commits = this.commits?.extra ?? {}
    if (!this.isOneOfSeveral) return commits
    const { lags, lagSum, lagMax } = this.applier
    return {
      ...(this.leads ? { ...group.counts(now), flow_control_waits: quota?.held ?? 0 } : {}),
      not_online_s: this.away.integral(now),
      lag_ms: lags > 0 ? (lagSum / lags) * 1000 : Number.NaN,
      lag_max_ms: lags > 0 ? lagMax * 1000 : Number.NaN,
      ...(this.options.rows ? { conflicts: this.conflicts } : {}),
      ...this.stale.extra,
      ...commits,
    }
  }
}

/** The member `name`, which the scenario's check has seen to be one. */
function memberOf(site: Site, name: string): GroupReplication {
  const member = site.component(name)
  if (!(member instanceof GroupReplication)) throw new Error(`${name} is no member of a group`)
  return member
}

type Described = Neighbour<Options>

const leads = ({ options }: Described): boolean => options.members !== undefined

/** Whether there are others in its group. */
const isOneOf = (self: Described, all: readonly Neighbour[]): boolean => clusterOf(self.name, all).length > 1

const hasRows = (self: Described, all: readonly Neighbour[]): boolean =>
  self.options.rows !== undefined && isOneOf(self, all)

const syncs = ({ options }: Described): boolean => options.fsync !== undefined

/** Whether writes would be applied in the time that is recorded of queries, which an applier does not know. */
const appliesTrace = ({ service, apply }: Options): boolean =>
  apply === undefined &&
  [...service.byClass.values(), service.otherwise].some((law) => law instanceof Recorded)

function unapplied({ name, options }: Described, all: readonly Neighbour[]) {
  const message =
    'is missing: a recording of queries (service: trace) does not say how long another member takes to apply them'
  return clusterOf(name, all).length > 1 && appliesTrace(options) ? [{ path: ['apply'], message }] : []
}

export const groupReplication = kind({
  kind: 'group_replication',
  says: 'a member of a MySQL group, of which a majority agrees on each write (Group Replication)',
  known: groupVariables,
  aliases: ['innodb-cluster', 'mgr', 'group-replication'],
  icon: 'M3 4.5c0-3 12-3 12 0c0 3-12 3-12 0v9c0 3 12 3 12 0v-9M9 9v5M6 11.5h6',
  example: `
    group_replication: { kind: group_replication, service: exponential(5ms), fsync: 1ms, members: [member-2, member-3], group_replication_single_primary_mode: off, rows: 1000, force_members: 2s }
    member-2: { kind: group_replication, service: exponential(5ms), fsync: 1ms, rows: 1000 }
    member-3: { kind: group_replication, service: exponential(5ms), fsync: 1ms, rows: 1000 }`,
  options: groupOptions,
  keepsData: true,
  encrypts: ({ tls }) => tls,
  misfits: (self, all) => [...unapplied(self, all), ...misnamed(self, all)],
  counts: {
    no_majority_s: {
      unit: 's',
      says: 'time in which no majority was there and writes waited',
      when: leads,
      newsFrom: 1,
    },
    elections: {
      unit: 'count',
      says: 'elections of a primary',
      happened: 'the group of {} elected a new primary',
      when: leads,
    },
    forced_members: {
      unit: 'count',
      says: 'new groups that somebody forced',
      happened: 'somebody made what was left of the group of {} a new one',
      when: leads,
    },
    lost_writes: { unit: 'count', says: 'answered writes lost', when: leads, zeroBeside: 'elections' },
    flow_control_waits: {
      unit: 'count',
      says: 'writes that flow control held back',
      when: leads,
      newsFrom: 1,
    },
    not_online_s: { unit: 's', says: 'time in which it was not online or heard no majority', when: isOneOf },
    lag_ms: {
      unit: 'ms',
      says: 'mean time until a write of another member was visible here',
      when: isOneOf,
      steady: true,
    },
    lag_max_ms: {
      unit: 'ms',
      says: 'longest time until a write of another member was visible here',
      when: isOneOf,
      newsFrom: 1000,
    },
    conflicts: { unit: 'count', says: 'writes rolled back since another wrote the row first', when: hasRows },
    ...staleCounts(isOneOf),
    fsyncs: { unit: 'count', says: 'fsyncs of its logs', when: syncs },
    commit_group: { unit: 'count', says: 'mean number of writes that are committed together', when: syncs },
  },
  build: (site, options) => new GroupReplication(site, options),
})
