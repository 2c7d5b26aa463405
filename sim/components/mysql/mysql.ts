import * as z from 'zod'
import { count, duration, oneOf, perClass, period, refs } from '../../options/types.js'
import { refsIn } from '../../options/walk.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { Constant, type Distribution, Recorded } from '../../random/distribution.js'
import { Level } from '../../stats/level.js'
import { replicaWays } from '../replica-ways.js'
import { Applier } from './applier.js'
import {
  alwaysLogs,
  asksWhoSees,
  awaitsUnseen,
  commitOptions,
  saysHowDurable,
  syncBinlog,
} from './commit-options.js'
import { Commits } from './commits.js'
import { DatabaseServer, serverOptions } from './database-server.js'
import { Failover } from './failover.js'
import { FullDisk } from './full-disk.js'
import type { Link } from './link.js'
import { LockedRows } from './locked-rows.js'
import { mysqlVariables } from './mysql-variables.js'
import { ownCounts } from './own-writes.js'
import { promotionOption } from './promotion.js'
import { type Member, Replication } from './replication.js'
import { deadCounts, lagCounts, primaryCounts } from './replication-counts.js'
import { mostRows, type RowOptions, rowMisfits, rowOptions, rowsPerWrite } from './row-options.js'
import { Rows } from './rows.js'
import { SemiSync } from './semisync.js'
import { StaleReads, staleCounts } from './stale-reads.js'
import { watchesToPromote } from './tools.js'
import { Visible } from './visible.js'
import { visit } from './visit.js'

// MHA: four pings, 3 s apart: 9 to 12 s to detect. Orchestrator at GitHub: 10 to 13 s in all.
const promotion = promotionOption(
  '10s',
  '3s',
  '; a tool that promotes is a component (kind: orchestrator, mha, mariadbmon)',
)

/** What differs where a server of another make is built on this one. */
export interface Make {
  /** Writes have a binlog beside the log of the engine. */
  readonly binlog: boolean
  /** What a replica applies waits for its own logs. */
  readonly syncsReplay: boolean
  /** Seconds from one flush of the log in the background to the next. */
  readonly period: number
  /** A write is seen, and its row is free, when it has waited for replicas, each by itself. */
  readonly hides: boolean
  /** Replicas that it waits for, if it does. */
  readonly acknowledgements: number
  /** A write that finds its disk full ends the process, and waits for no room. */
  readonly panics: boolean
}

const MYSQL: Make = {
  binlog: true,
  syncsReplay: true,
  period: 1,
  hides: false,
  acknowledgements: 1,
  panics: false,
}

export type MysqlOptions = z.output<typeof mysqlOptions>

const mysqlOptions = z
  .strictObject({
    ...serverOptions,
    ...commitOptions,
    replicas: refs({ kind: 'mysql', role: 'copies' })
      .optional()
      .describe('servers that follow this one (the primary)'),
    ...rowOptions,
    promotion,
    apply: perClass()
      .optional()
      .describe('CPU time to apply a write on this server as a replica; default: its service time'),
    slave_parallel_threads: count(0, 1024)
      .prefault(0)
      .describe('appliers of this server as a replica; 0: one. They commit in order'),
    slave_parallel_mode: oneOf('optimistic', 'conservative')
      .prefault('optimistic')
      .describe(
        'what they apply side by side: whatever comes, but writes of one row (rows:); or what was committed together (group commit, fsync:; before MariaDB 10.5.1 the default)',
      ),
    slave_net_timeout: period()
      .prefault('60s')
      .describe('silence after which this server as a replica gives up its connection'),
    master_connect_retry: duration()
      .prefault('60s')
      .describe('from one attempt to connect to the primary to the next, once the connection is lost'),
  })
  .refine((o) => o.slave_parallel_mode === 'optimistic' || o.slave_parallel_threads > 1, {
    path: ['slave_parallel_mode'],
    error: 'expected slave_parallel_threads: too, two or more',
  })
  .refine((o) => o.promotion.mode === 'none' || o.replicas !== undefined, {
    path: ['promotion'],
    error: 'expected replicas: too, one of which could be promoted',
  })
  .superRefine((options, ctx) => {
    for (const [option, message] of rowMisfits(options))
      ctx.addIssue({ code: 'custom', path: [option], message })
  })

/**
 * A MySQL (MariaDB) server, whose writes go to the primary only, with asynchronous or semi-synchronous replication.
 * Sources: MariaDB 10.11 (`--verbose --help`: max_connections 151, back_log 80, slave_parallel_threads 0,
 * slave_net_timeout 60, rpl_semi_sync_master_timeout 10000) and measured there: error 1040 is immediate.
 */
export class Mysql extends DatabaseServer implements Member {
  /** Of this server alone until a primary takes it as its replica. */
  replication: Replication
  readonly applier: Applier
  readonly semiSync: SemiSync | null
  /** How commits become durable; null where nothing is said of that: they are, at no cost. */
  protected readonly commits: Commits | null
  /** Null where nobody waits for a row. */
  private locked: LockedRows | null = null
  /** Null where there is always room on the disk. */
  private readonly fullDisk = this.watchDisk()
  /** Writes that it had room for. */
  private logged = 0
  /** From one row of a write to the next. */
  private between!: Demand
  /** What is not there any more when it is back: writes that were not on its disk when it fell. */
  private gone = { writes: 0, from: Number.NaN, fell: Number.NaN }
  /** Once another was promoted in its place: the last position here that the new primary has too. */
  kept = Number.POSITIVE_INFINITY
  apart = false
  writable = false
  own = 0
  /** Whether applications may read here: not from its fall as the primary until it follows the new one. */
  follows = true
  /** Seconds. */
  readonly connectRetry: number
  readonly netTimeout: number
  /** Reads as a replica, and those that missed a write. */
  private readonly stale = new StaleReads()
  /** 1 while it is dead, 0 else. */
  private readonly dead = new Level()
  /** The first primary: where reports show what concerns all servers of the replication. */
  private readonly leads: boolean

  constructor(
    site: Site,
    options: MysqlOptions,
    private readonly make = MYSQL,
  ) {
    super(site, options)
    this.connectRetry = options.master_connect_retry
    this.netTimeout = options.slave_net_timeout
    this.commits = saysHowDurable(options) ? this.durably(options) : null
    // Who has waited is answered, or visible and then answered.
    const ready = make.hides
      ? this.showing
      : awaitsUnseen(options)
        ? () => this.commits!.acknowledged()
        : this.confirm
    this.semiSync = options.rpl_semi_sync_master_enabled
      ? new SemiSync(
          site.context,
          options.rpl_semi_sync_master_timeout,
          ready,
          (write) => this.proceed(ready, write),
          make.acknowledgements,
        )
      : null
    this.replication = new Replication(site.context, this)
    if (options.writes) this.replication.tell(options.writes.names.map((name) => site.classes.indexOf(name)))
    this.applier = new Applier(
      {
        process: this.process,
        now: () => this.context.kernel.now,
        cpu: (job, seconds, then) => this.run(job, seconds, then),
        slowed: (job, seconds) => this.process.slowed(job, seconds) / this.processor.speed.value,
        disk: this.read,
        durable: this.commits === null || !make.syncsReplay ? null : (job) => this.commits!.apply(job),
        log: () => this.replication.log,
        rows: () => this.replication.rows,
        applied: () => this.noteApplied(),
        isFull: this.isDiskFull,
      },
      Math.max(1, options.slave_parallel_threads),
      this.demand(options.apply ?? options.service, 'apply'),
      this.demand(options.io, 'apply io'),
      options.slave_parallel_threads > 1 && options.slave_parallel_mode === 'conservative',
    )
    this.leads = options.replicas !== undefined
    const replicas = (options.replicas ?? []).map((to) => peer(site, to.name))
    if (replicas.length > 0) this.lead(replicas)
    if (options.rows !== undefined) {
      const { log } = this.replication
      const draws = site.context.stream(this.dataRole, 'row')
      this.replication.rows = new Rows(options.rows, options.zipf ?? 0.8, draws, () => log.head, {
        each: rowsPerWrite(options, site.classes),
        inOrder: options.rows_in_order,
      })
    }
    if (options.innodb_lock_wait_timeout !== undefined)
      for (const server of [this, ...replicas]) server.lockRows(options.innodb_lock_wait_timeout, options)
    if (this.leads && (asksWhoSees(options) || (make.hides && this.semiSync !== null)))
      this.replication.visible = new Visible()
    if (options.promotion.mode !== 'none') this.guard([this, ...replicas], options.promotion)
    if (this.commits !== null) {
      this.host.power.watch(() => {
        if (this.host.power.value === 0) this.loseUnsafe()
      })
      this.running.watch(() => this.commits!.durability.turn(this.context.kernel.now, this.serves))
    }
    const changed = () => this.replication.look()
    const { up, process, running, host } = this
    for (const dial of [up, process.alive, running, host.power]) dial.watch(changed)
  }

  // ---- The life of a query -----------------------------------------------------------------------------------

  protected admission(request: Request): Outcome {
    if (this.replication.objects.size > 0) this.noteMoment(request)
    if (this.isPrimary || request.health) {
      if (this.replication.visible !== null) this.countSeen(request)
      if (this.context.addresses.some) this.countOwn(request)
      return Outcome.ok
    }
    if (this.replication.writes(request.class)) return this.writable ? Outcome.ok : Outcome.readOnly
    this.countRead(request)
    return Outcome.ok
  }

  protected override work(request: Request): void {
    const { locked, replication } = this
    if (locked === null || !replication.writes(request.class)) super.work(request)
    else locked.take(request)
  }

  private readonly holdsRow = (request: Request): void => {
    const rows = this.replication.rows!
    if (rows.countOf(request) === 1) super.work(request)
    else {
      const part = this.service.of(request) / rows.countOf(request)
      this.run(request, request[visit.held] === 1 ? part + this.handshake(request) : part, this.readRow)
    }
  }

  private readonly readRow = (request: Request): void => {
    this.read(request, this.io.of(request) / this.replication.rows!.countOf(request), this.wroteRow)
  }

  private readonly wroteRow = (request: Request): void => {
    if (request[visit.held] === this.replication.rows!.countOf(request)) {
      this.commit(request)
      return
    }
    const seconds = this.between.of(request)
    if (seconds > 0) this.wait(request, seconds, this.nextRow)
    else this.nextRow(request)
  }

  /** Who has hung up in the meantime writes nothing more, and what he wrote is undone. */
  private readonly nextRow = (request: Request): void => {
    if (request.parent !== null) this.locked!.take(request)
    else {
      this.locked!.release(request)
      this.answer(request, Outcome.abandoned)
    }
  }

  private readonly lockWaitTimeout = (request: Request): void => {
    this.answer(request, Outcome.lockWaitTimeout)
  }

  private readonly deadlocked = (request: Request): void => {
    this.answer(request, Outcome.deadlock)
  }

  private lockRows(timeout: number, { between_rows, innodb_deadlock_detect }: RowOptions): void {
    this.between = this.demand(between_rows, 'between rows')
    const { kernel } = this.context
    this.locked = new LockedRows(kernel, timeout, innodb_deadlock_detect, () => this.replication.rows!, {
      begin: this.holdsRow,
      // By the calendar: what takes no time would nest.
      resume: (request) => this.wait(request, 0, this.holdsRow),
      giveUp: (request) => this.proceed(this.lockWaitTimeout, request),
      deadlocked: (request) => this.wait(request, 0, this.deadlocked),
    })
  }

  protected commit(request: Request): void {
    if (this.fullDisk === null) this.toLog(request)
    else if (this.make.panics && this.host.space!.isFull)
      this.context.kernel.after(0, this.panic, this.deaths)
    else if (this.fullDisk.hasRoom(request)) this.toLog(request)
  }

  private watchDisk(): FullDisk | null {
    const { host, context } = this
    if (host.space === null) return null
    host.space.watch(() => this.applier.work())
    // By the calendar: what takes no time would nest.
    return new FullDisk(context.kernel, host.space, (request) => this.wait(request, 0, this.toLog))
  }

  private readonly isDiskFull = (): boolean => this.host.space?.isFull === true

  private readonly panic = (deaths: number): void => {
    if (deaths === this.deaths) this.kill()
  }

  private readonly toLog = (request: Request): void => {
    this.logged++
    if (this.commits !== null) this.commits.join(request)
    else if (this.make.hides) {
      this.replication.write(this, request)
      this.settle(request)
    } else {
      this.locked?.release(request)
      this.replication.commit(this, request)
    }
  }

  /** It is in the log, and nobody sees it yet. */
  private settle(request: Request): void {
    if (!this.replication.waits(this, request)) this.showing(request)
  }

  private readonly showing = (request: Request): void => {
    this.locked?.release(request)
    this.replication.show(this, request)
  }

  private durably(options: MysqlOptions): Commits {
    const { fsync } = options
    const stream = this.site.context.stream(this.dataRole, 'fsync')
    const always = alwaysLogs(options)
    const awaits = awaitsUnseen(options)
    return new Commits(
      {
        now: () => this.context.kernel.now,
        process: this.process,
        sync: (job, then) => {
          this.sync(job, fsync?.sample(stream) ?? 0, then)
        },
        logs: () => this.make.binlog && (always || (this.isPrimary && this.isOneOfSeveral)),
        together: (writes) => {
          if (this.isPrimary) this.replication.log.begin(writes)
        },
        write: (request) => this.replication.write(this, request),
        commit: (request) => {
          if (this.make.hides) {
            this.settle(request)
            return
          }
          this.locked?.release(request)
          if (awaits) this.replication.show(this, request)
          else this.replication.finish(this, request)
        },
        await: (last) => {
          if (!this.replication.waits(this, last)) this.commits!.acknowledged()
        },
        applied: (job) => this.applier.committed(job),
      },
      {
        flush: options.innodb_flush_log_at_trx_commit,
        sync: syncBinlog(options),
        phase: this.site.context.stream(this.name, 'flush').next(),
        period: this.make.period,
        awaits,
        gathers: options.flavour === 'mysql',
      },
    )
  }

  /** The writer is told that the write is done. */
  readonly confirm = (request: Request): void => {
    const position = request[visit.position]
    if (position > 0) this.replication.told(this, position)
    this.answer(request, Outcome.ok)
  }

  receipt(position: number, link: Link): void {
    link.tell(position)
  }

  vouches(position: number, _link: Link): number {
    return position
  }

  /** Writes, its own and those that it applied. */
  override get diskUnits(): number {
    return this.logged + this.applier.stored
  }

  /** A write has been applied. */
  protected noteApplied(): void {
    this.replication.applied(this)
  }

  get servers(): Replication {
    return this.replication
  }

  get takesWrites(): boolean {
    return this.isPrimary
  }

  get takesReads(): boolean {
    return this.follows
  }

  override get secondsBehind(): number | null {
    return this.replication.behind(this)
  }

  private get isOneOfSeveral(): boolean {
    return this.replication.members.length > 1
  }

  /** Whether it takes writes. */
  get isPrimary(): boolean {
    return this.replication.primary === this
  }

  /** A read is stale if a write that was committed before it was sent (of its row) is not visible here. */
  private countRead(request: Request): void {
    const sent = this.context.kernel.now - request.wire!.latency.value
    this.stale.count(this.replication.misses(request, this.applier.applied, sent))
  }

  /** For who puts what he reads into a cache. */
  private noteMoment(request: Request): void {
    const { replication, applier } = this
    request[visit.sees] = replication.moments.at(this.isPrimary ? replication.shown : applier.applied)
  }

  /** What it reads is what others see, whether or not it stays. */
  private countSeen(request: Request): void {
    const { replication } = this
    if (!request.health && !replication.writes(request.class))
      replication.visible!.read(request, replication.rows)
  }

  /** The primary misses nothing. */
  private countOwn(request: Request): void {
    const { replication } = this
    const { head } = replication.log
    if (!request.health && !replication.writes(request.class))
      replication.own.read(request, replication.rows, head, head)
  }

  // ---- Replication --------------------------------------------------------------------------------------------

  private lead(replicas: readonly Mysql[]): void {
    this.replication.form(
      replicas,
      replicaWays(
        this.site,
        replicas.map(({ site }) => site),
      ),
    )
  }

  private guard(
    servers: readonly Mysql[],
    promotion: { mode: 'manual'; after: Distribution } | Automatic,
  ): void {
    const { replication, site } = this
    const views = new Map<Member, Wire>()
    for (const server of servers) views.set(server, site.outside(`failover of ${this.name}`, server))
    replication.failover = new Failover(
      site.context,
      replication,
      views,
      promotion.mode === 'manual' ? promotion.after : promotion.detect,
      promotion.mode === 'manual' ? new Constant(0) : promotion.promote,
      site.context.stream(this.name, 'failover'),
    )
  }

  override crashed(): void {
    super.crashed()
    this.dead.set(this.context.kernel.now, 1)
    this.applier.stop()
    this.fullDisk?.clear()
    this.semiSync?.crashed()
    this.locked?.clear()
    if (this.commits !== null) this.loseUnsafe()
    this.replication.died(this)
  }

  /** It died, or its machine: what was not on the disk is gone, once it is back. */
  private loseUnsafe(): void {
    const { writes, from } = this.commits!.dies(this.host.power.value === 0)
    if (writes === 0) return
    const { now } = this.context.kernel
    const before = this.gone
    this.gone =
      before.writes > 0 ? { ...before, writes: before.writes + writes } : { writes, from, fell: now }
  }

  override started(): void {
    super.started()
    if (this.gone.writes > 0) {
      this.replication.forget(this, this.gone.writes, this.gone.from, this.gone.fell)
      this.gone = { ...this.gone, writes: 0 }
    }
    this.commits?.durability.turn(this.context.kernel.now, true)
    this.dead.set(this.context.kernel.now, 0)
    this.applier.revive()
    this.semiSync?.begin()
    this.replication.started(this)
    this.applier.work()
  }

  // ---- What reports show ----------------------------------------------------------------------------------------

  /** What it applies as a replica. */
  override asideUse(now: number): number {
    const span = this.probe.inside.span(now)
    return span > 0 ? this.applier.cpuTime / span / this.processor.cores : 0
  }

  /** Connections; and of a server that can be a replica the threads that apply what its primary wrote. */
  override limits(): readonly Limit[] {
    const connections = super.limits()
    return this.isOneOfSeveral ? [...connections, this.applier.limit] : connections
  }

  override restart(now: number): void {
    super.restart(now)
    this.applier.restart()
    this.semiSync?.active.restart(now)
    this.dead.restart(now)
    this.stale.restart()
    this.commits?.restart()
    this.locked?.restart()
    if (this.leads || !this.isOneOfSeveral) this.replication.restart()
  }

  /**
   * Replicas: lag from commit to visible, and reads that missed a write. The first primary: seconds without one,
   * promotions, writes that were answered ok and are lost, rows that only a deposed primary has.
   */
  override extra(now: number): Record<string, number> {
    const { commits } = this
    const writes = { ...commits?.extra, ...this.locked?.extra }
    if (!this.isOneOfSeveral)
      return commits === null ? writes : { lost_writes: this.replication.lost, ...writes }
    const { lags, lagSum, lagMax, lagBack, behind, lagSpread } = this.applier
    const lag = (p: number) => (lagSpread?.quantile(p) ?? Number.NaN) * 1000
    const { orphaned, promotions, promoting, lost, errant, visible, diverged, split } = this.replication
    const missing = this.isPrimary || this.apart || this.dead.value > 0 ? 0 : behind
    return {
      ...(this.leads
        ? {
            no_primary_s: orphaned.integral(now),
            promotions,
            promotion_s: promotions > 0 ? promoting / promotions : Number.NaN,
            lost_writes: lost,
            ghost_rows: errant,
            ...(this.replication.isWatched
              ? { diverged_writes: diverged, split_brain_s: split.integral(now) }
              : {}),
            ...(visible === null ? {} : { phantom_reads: visible.phantoms }),
          }
        : {}),
      ...(this.leads && this.context.addresses.some ? this.replication.own.extra : {}),
      lag_ms: lags > 0 ? (lagSum / lags) * 1000 : Number.NaN,
      lag_max_ms: lags > 0 || missing > 0 ? Math.max(lagMax, missing) * 1000 : Number.NaN,
      lag_p50_ms: lag(0.5),
      lag_p90_ms: lag(0.9),
      lag_p99_ms: lag(0.99),
      ...(this.leads && this.semiSync !== null ? { semi_sync_share: this.semiSync.active.mean(now) } : {}),
      dead_s: this.dead.integral(now),
      lag_back_ms: lagBack >= 0 ? lagBack * 1000 : Number.NaN,
      ...this.stale.extra,
      ...writes,
    }
  }
}

/** The server `name`, which the scenario's check has seen to be one. */
function peer(site: Site, name: string): Mysql {
  const server = site.component(name)
  if (!(server instanceof Mysql)) throw new Error(`${name} is no MySQL server`)
  return server
}

/** The name of the primary whose replication the MySQL server `name` belongs to. */
export function replicationOf(name: string, all: readonly Neighbour[]): string {
  return leadersOf(all).find((one) => one.replica === name)?.leader ?? name
}

/** Who follows whom, as the options of the MySQL servers have it. */
function leadersOf(all: readonly Neighbour[]): { leader: string; replica: string }[] {
  return all
    .filter((one) => one.kind === 'mysql' || one.kind === 'postgresql')
    .flatMap(({ name, options }) => {
      const { replicas = [] } = options as Pick<MysqlOptions, 'replicas'>
      return replicas.map((replica) => ({ leader: name, replica: replica.name }))
    })
}

/** What speaks against the replicas that it names, or against it as one. */
export function misfollowed(
  { name, options }: Neighbour<Pick<MysqlOptions, 'replicas' | 'service' | 'apply'>>,
  all: readonly Neighbour[],
): { path: (string | number)[]; message: string }[] {
  const leaders = leadersOf(all)
  const unapplied = leaders.some((l) => [l.leader, l.replica].includes(name)) && appliesTrace(options)
  const message =
    'is missing: a recording of queries (service: trace) does not say how long a replica takes to apply them'
  const taken = (options.replicas ?? []).flatMap((replica, i) => {
    const path = ['replicas', i]
    const other = leaders.find((l) => l.replica === replica.name && l.leader !== name)
    if (other !== undefined)
      return [
        {
          path,
          message: `${replica.name} follows ${other.leader} already, and a replica follows one primary`,
        },
      ]
    if (leaders.some((l) => l.leader === replica.name))
      return [
        { path, message: `${replica.name} has replicas of its own: chains of replicas are not simulated` },
      ]
    if (options.replicas!.findIndex((r) => r.name === replica.name) < i)
      return [{ path, message: `${replica.name} is here twice` }]
    return []
  })
  return unapplied ? [{ path: ['apply'], message }, ...taken] : taken
}

/** Whether writes would be applied in the time that is recorded of queries, which an applier does not know. */
const appliesTrace = ({ service, apply }: Pick<MysqlOptions, 'service' | 'apply'>): boolean =>
  apply === undefined &&
  [...service.byClass.values(), service.otherwise].some((law) => law instanceof Recorded)

interface Automatic {
  readonly mode: 'automatic'
  readonly detect: Distribution
  readonly promote: Distribution
}

type Described = Neighbour<MysqlOptions>

/** It has replicas: it is the primary to begin with. */
export const leads = ({ options }: Neighbour<Pick<MysqlOptions, 'replicas'>>): boolean =>
  options.replicas !== undefined

/** A tool promotes one of its replicas. */
const isWatched = (self: Described, all: readonly Neighbour[]): boolean =>
  leads(self) && all.some((one) => watchesToPromote(one, self.name))

const saysDurability = ({ options }: Described): boolean => saysHowDurable(options)

/** It has replicas, or is one. */
export const isReplicated = (
  self: Neighbour<Pick<MysqlOptions, 'replicas'>>,
  all: readonly Neighbour[],
): boolean =>
  leads(self) ||
  all.some(({ options }) => refsIn(options).some((ref) => ref.role === 'copies' && ref.name === self.name))

/** The first primary of its replication. */
const leaderOf = (self: Described, all: readonly Neighbour[]): Described => {
  const leader = replicationOf(self.name, all)
  return all.find(({ name }) => name === leader) as Described
}

/** Writes wait for rows there, or would if it were promoted. */
const locks = (self: Described, all: readonly Neighbour[]): boolean =>
  leaderOf(self, all).options.innodb_lock_wait_timeout !== undefined

export const mysql = kind({
  kind: 'mysql',
  says: 'database server: primary or replica',
  known: mysqlVariables,
  aliases: ['mariadb', 'percona', 'database', 'db', 'sql'],
  icon: 'M3 4.5c0-3 12-3 12 0c0 3-12 3-12 0v9c0 3 12 3 12 0v-9M3 9c0 3 12 3 12 0',
  example: `
    mysql: { kind: mysql, service: exponential(5ms), replicas: [replica] }
    replica: { kind: mysql, service: exponential(5ms) }`,
  options: mysqlOptions,
  keepsData: true,
  knowsFullDisk: true,
  encrypts: ({ tls }) => tls,
  misfits: (self, all) => misfollowed(self, all),
  counts: {
    ...primaryCounts(leads),
    lost_writes: {
      unit: 'count',
      says: 'answered writes lost',
      when: (self, all) => leads(self) || (saysDurability(self) && !isReplicated(self, all)),
      zeroBeside: 'promotions',
    },
    fsyncs: { unit: 'count', says: 'fsyncs of its logs', when: saysDurability },
    commit_group: {
      unit: 'count',
      says: 'mean number of writes that are committed together',
      when: saysDurability,
    },
    row_lock_waits: { unit: 'count', says: 'writes that waited for a row', when: locks },
    row_lock_current_waits: {
      unit: 'count',
      says: 'mean number of writes that wait for a row',
      when: locks,
      steady: true,
    },
    deadlocks: {
      unit: 'count',
      says: 'writes that were rolled back so that others of a deadlock could go on',
      when: (self, all) => locks(self, all) && mostRows(leaderOf(self, all).options) > 1,
    },
    ghost_rows: { unit: 'count', says: 'rows that only a deposed primary has', when: leads },
    diverged_writes: {
      unit: 'count',
      says: 'writes that a server took which had been replaced',
      when: isWatched,
      newsFrom: 1,
      happened: 'a server that had been replaced took writes',
    },
    split_brain_s: { unit: 's', says: 'time in which two servers took writes', when: isWatched },
    phantom_reads: {
      unit: 'count',
      says: 'reads at the primary of writes that were undone',
      when: (self) => leads(self) && asksWhoSees(self.options),
      zeroBeside: 'promotions',
    },
    ...ownCounts(leads),
    ...lagCounts(isReplicated),
    semi_sync_share: {
      unit: 'share',
      says: 'share of the time in which replication was semi-synchronous',
      when: (self) => leads(self) && self.options.rpl_semi_sync_master_enabled,
    },
    ...deadCounts(isReplicated),
    ...staleCounts(isReplicated),
  },
  build: (site, options) => new Mysql(site, options),
})
