import { z } from 'zod'
import { classNames, count, duration, perClass, refs } from '../options/types.js'
import { Component } from './component.js'
import type { Demand } from './demand.js'
import { kind, type Site } from './kind.js'
import { Relay } from './mysql/relay.js'
import { Replication } from './mysql/replication.js'
import { Outcome } from './outcome.js'
import type { Request } from './request.js'

const mysqlOptions = z.strictObject({
  service: perClass().describe('CPU time of a query'),
  io: perClass().prefault('0s').describe('time of a query beside its CPU time: disk, fsync of the commit'),
  max_connections: count(1, 100_000).prefault(151).describe('queries at a time; one more gets error 1040'),
  writes: classNames().prefault(['write']).describe('request classes that write'),
  recovery: duration().prefault('0s').describe('InnoDB recovery after a crash, before it answers'),
  replicas: refs('mysql').optional().describe('servers that follow this one (the primary), asynchronously'),
  apply: perClass()
    .optional()
    .describe('CPU time to apply a write on this server as a replica; default: its service time'),
  slave_parallel_threads: count(0, 1024).prefault(0).describe('appliers of this server as a replica; 0: one'),
  promotion: z
    .discriminatedUnion(
      'mode',
      [
        z.strictObject({ mode: z.literal('none') }),
        z.strictObject({
          mode: z.literal('manual'),
          after: duration().describe('from the failure to the new primary'),
        }),
        z.strictObject({
          mode: z.literal('automatic'),
          // Orchestrator at GitHub: 10 to 13 s in all; MHA: 9 to 12 s to detect (4 pings, 3 s apart).
          detect: duration().prefault('10s').describe('how long the primary must be gone'),
          promote: duration().prefault('3s').describe('from there to the new primary'),
        }),
      ],
      {
        error:
          'expected { mode: none }, { mode: manual, after: 15min } or { mode: automatic, detect: 10s, promote: 3s }',
      },
    )
    .prefault({ mode: 'none' })
    .meta({ type: 'none | manual | automatic' })
    .describe('what happens when the primary is gone'),
})

/**
 * A MySQL (MariaDB) server: a thread for each connection, writes on the primary only, asynchronous replication.
 * Sources: MariaDB 10.11 (max_connections 151, error 1040 at once, slave_parallel_threads 0), measured.
 */
export class Mysql extends Component {
  readonly relay: Relay
  private replication: Replication | null = null
  private readonly service: Demand
  private readonly io: Demand
  private readonly writes: ReadonlySet<number>
  private readonly maxConnections: number
  private readonly recovery: number
  private recovering = 0
  private connections = 0
  private reads = 0
  private stale = 0
  /** The first primary: where reports show what concerns the whole replication. */
  private leads = false

  constructor(site: Site, options: z.output<typeof mysqlOptions>) {
    super(site)
    this.service = site.demand(options.service, 'service')
    this.io = site.demand(options.io, 'io')
    this.writes = new Set(options.writes.names.map((name) => site.classes.indexOf(name)))
    this.maxConnections = options.max_connections
    this.recovery = options.recovery
    const apply = (options.apply ?? options.service).for(options.writes.names)[0]!
    const threads = Math.max(1, options.slave_parallel_threads)
    this.relay = new Relay(
      site.context,
      this,
      apply,
      site.context.stream(site.role, 'apply'),
      threads,
      (job, demand, done) => this.run(job, demand, done),
    )
    if (options.replicas) {
      const links = new Map(
        options.replicas.map((to) => [site.component(to.name) as unknown as Mysql, site.wire(to.name)]),
      )
      const { promotion } = options
      this.leads = true
      this.follow(
        new Replication(
          site.context,
          this,
          links,
          promotion.mode === 'none'
            ? null
            : promotion.mode === 'manual'
              ? { detect: promotion.after, promote: 0 }
              : promotion,
        ),
      )
      for (const replica of links.keys()) replica.follow(this.replication!)
    }
    const changed = () => this.replication?.changed(this)
    this.up.watch(changed)
    this.running.watch(changed)
    this.host.power.watch(changed)
  }

  /** Whether it takes writes. */
  get isPrimary(): boolean {
    return this.replication === null || this.replication.primary === this
  }

  protected accept(request: Request): void {
    if (this.connections === this.maxConnections) {
      request.reply(Outcome.tooManyConnections)
      return
    }
    this.connections++
    if (this.context.kernel.now < this.recovering)
      this.wait(request, this.recovering - this.context.kernel.now, this.execute)
    else this.execute(request)
  }

  private readonly execute = (request: Request): void => {
    if (request.health) {
      this.answer(request, Outcome.ok)
    } else if (!this.isPrimary && this.writes.has(request.class)) {
      this.answer(request, Outcome.readOnly)
    } else {
      if (!this.isPrimary) this.countRead()
      this.run(request, this.service.of(request), this.store)
    }
  }

  private readonly store = (request: Request): void => {
    const io = this.io.of(request)
    if (io > 0) this.wait(request, io / this.speed.value, this.commit)
    else this.commit(request)
  }

  private readonly commit = (request: Request): void => {
    if (this.writes.has(request.class)) this.replication?.commit(this)
    this.answer(request, Outcome.ok)
  }

  private answer(request: Request, outcome: Outcome): void {
    this.connections--
    request.reply(outcome)
  }

  // ---- Replication -------------------------------------------------------------------------------------

  private follow(replication: Replication): void {
    this.replication = replication
  }

  /** The relay has applied a write. */
  appliedOne(): void {
    this.replication!.applied(this)
  }

  private countRead(): void {
    this.reads++
    if (this.relay.applied < this.replication!.committed) this.stale++
  }

  protected override crashed(): void {
    this.connections = 0
    this.relay.died()
  }

  protected override started(): void {
    this.recovering = this.context.kernel.now + this.recovery
    this.relay.work()
  }

  override restart(now: number): void {
    super.restart(now)
    this.relay.restart()
    this.reads = 0
    this.stale = 0
    if (this.leads) this.replication!.restart()
  }

  /** Replicas: lag from commit to visible, and reads that missed a write. The first primary: promotions, lost writes. */
  override extra(): Record<string, number> {
    if (this.replication === null) return {}
    const { lagSum, lags, lagMax } = this.relay
    const { promotions, lost } = this.replication
    const group: Record<string, number> = this.leads ? { promotions, lost_writes: lost } : {}
    return {
      ...group,
      lag_ms: lags > 0 ? (lagSum / lags) * 1000 : Number.NaN,
      lag_max_ms: lags > 0 ? lagMax * 1000 : Number.NaN,
      stale_reads: this.stale,
      stale_read_share: this.reads > 0 ? this.stale / this.reads : Number.NaN,
    }
  }
}

export const mysql = kind({
  kind: 'mysql',
  says: 'database server: primary or replica',
  options: mysqlOptions,
  build: (site, options) => new Mysql(site, options),
})
