import * as z from 'zod'
import { duration, flag, interval, period } from '../../options/types.js'
import { kind, type Site } from '../../parts/kind.js'
import type { Mysql } from '../mysql/mysql.js'
import { Promoter, type Watched } from './promoter.js'
import { promoterCounts, promoterMisfits, promoterOptions } from './promoter-options.js'
import { toolOptions } from './tool-options.js'

/** Seconds from one analysis to the next: `RecoveryPollSeconds`, a constant. */
const ANALYSIS = 1
/** Analyses in a row with the same doubt, by when all have been read again. */
const DOUBTS = 3

const orchestratorOptions = z.strictObject({
  ...promoterOptions,
  // go/config/config.go of Orchestrator 3.2.6.
  instance_poll_seconds: interval().prefault('5s').describe('from one read of a server to the next'),
  mysql_connect_timeout_seconds: period().prefault('2s').describe('how long it waits for a connection'),
  mysql_discovery_read_timeout_seconds: period().prefault('10s').describe('how long a read takes at most'),
  recovery_period_block_seconds: duration()
    .prefault('1h')
    .describe('after a recovery it starts none for so long'),
  delay_master_promotion_if_sql_thread_not_up_to_date: flag()
    .prefault('off')
    .describe('the new primary first applies what it has received; off: it forgets that'),
  prevent_cross_data_center_master_failover: flag()
    .prefault('off')
    .describe('it promotes none in another zone than that of the old primary'),
})

/**
 * Orchestrator: the primary is dead if it does not answer and none of its replicas that answer replicates any more
 * (`DeadMaster`, `DeadMasterAndSomeReplicas`). While one still does it is `UnreachableMaster`, and nothing is done: where
 * the primary's machine is silent that lasts until the replicas notice (`slave_net_timeout`). What it doubts it reads again
 * at the next analysis (emergency reads). It tries once to make the old primary read only. Source: openark/orchestrator,
 * go/inst/analysis_dao.go and go/logic/topology_recovery.go.
 */
class Orchestrator extends Promoter {
  private readonly block: number
  private readonly everySeconds: number
  private readonly sameZone: boolean
  protected readonly hurries: boolean
  protected override readonly setsReadOnly = true
  private doubts = 0
  private recovered = Number.NEGATIVE_INFINITY

  constructor(site: Site, options: z.output<typeof orchestratorOptions>) {
    const { mysql_discovery_read_timeout_seconds: read, mysql_connect_timeout_seconds: connect } = options
    super(site, options, Math.max(read, connect), connect)
    this.block = options.recovery_period_block_seconds
    this.everySeconds = options.instance_poll_seconds
    this.hurries = !options.delay_master_promotion_if_sql_thread_not_up_to_date
    this.sameZone = options.prevent_cross_data_center_master_failover
    const { kernel } = site.context
    for (const one of this.watched) {
      const phase = site.context.stream(site.name, `poll/${one.server.name}`).next()
      kernel.after(phase * this.everySeconds, this.read, one)
    }
    kernel.after(site.context.stream(site.name, 'analysis').next() * ANALYSIS, this.analyse, null)
  }

  private readonly read = (one: Watched): void => {
    this.context.kernel.after(this.everySeconds, this.read, one)
    if (this.serves) this.ask(one)
  }

  protected heard(): void {}

  private readonly analyse = (): void => {
    this.context.kernel.after(ANALYSIS, this.analyse, null)
    if (!this.serves || !this.watches) return
    const { primary, replicas } = this
    const valid = replicas.filter(({ answers }) => answers)
    const replicating = valid.filter(({ broken }) => !broken)
    const doubts = replicating.length > 0 && !primary.answers ? this.doubts + 1 : 0
    this.doubts = doubts
    if (primary.answers) {
      if (replicating.length < valid.length) this.ask(primary)
      this.calm()
      return
    }
    if (doubts > 0) {
      if (doubts >= DOUBTS) this.holdBack(`${replicating[0]!.server.name} still replicates from it`)
      for (const one of [primary, ...replicas]) this.ask(one)
    } else if (valid.length === 0) {
      this.holdBack('none of its replicas answers')
      this.ask(primary)
    } else if (this.context.kernel.now - this.recovered < this.block) {
      this.holdBack('the last recovery was too short a time ago')
    } else this.declareDead()
  }

  protected worth(server: Mysql): number {
    return server.applier.applied
  }

  protected override suits(server: Mysql): boolean {
    return !this.sameZone || server.host.zone === this.primary.server.host.zone
  }

  protected override promoted(): void {
    this.recovered = this.context.kernel.now
  }

  override crashed(): void {
    super.crashed()
    for (const one of this.watched) one.answers = true
  }
}

export const orchestrator = kind({
  kind: 'orchestrator',
  says: 'promotes a replica when the primary and all replicas say that it is dead',
  icon: 'M9 2v5M3 11v5h4v-5zM11 11v5h4v-5zM6 2h6v5h-6zM9 7v2M5 11v-2h8v2',
  example: `
    orchestrator: { kind: orchestrator, servers: [db-1, db-2] }
    db-1: { kind: mysql, service: 5ms, replicas: [db-2] }
    db-2: { kind: mysql, service: 5ms, slave_net_timeout: 4s }`,
  known: toolOptions,
  options: orchestratorOptions,
  misfits: promoterMisfits,
  periodic: ({ servers, instance_poll_seconds }) => servers.length / instance_poll_seconds + 1 / ANALYSIS,
  counts: promoterCounts,
  build: (site, options) => new Orchestrator(site, options),
})
