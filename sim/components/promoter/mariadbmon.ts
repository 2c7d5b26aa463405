import * as z from 'zod'
import { count, flag, interval, period } from '../../options/types.js'
import { kind, type Site } from '../../parts/kind.js'
import type { Mysql } from '../mysql/mysql.js'
import { Promoter, type Watched } from './promoter.js'
import { promoterCounts, promoterMisfits, promoterOptions } from './promoter-options.js'
import { toolOptions } from './tool-options.js'

const mariadbmonOptions = z.strictObject({
  ...promoterOptions,
  monitor_interval: interval()
    .prefault('2s')
    .describe('from the end of one round of all servers to the next'),
  backend_connect_timeout: period().prefault('3s').describe('how long a server is waited for in a round'),
  failcount: count(1, 10_000).prefault(5).describe('rounds in a row in which the primary did not answer'),
  auto_failover: flag().prefault('off').describe('whether it promotes at all'),
  auto_rejoin: flag()
    .prefault('off')
    .describe('whether an old primary that is back follows the new one, if it has nothing of its own'),
  verify_master_failure: flag()
    .prefault('on')
    .describe('not while a replica gets something from the primary'),
  master_failure_timeout: period()
    .prefault('10s')
    .describe('how long ago that may be; a primary without writes sends a sign each half slave_net_timeout'),
})

/**
 * The monitor of MaxScale for MariaDB: the primary is dead if it did not answer in `failcount` rounds, unless a replica has
 * had something from it within `master_failure_timeout`. Source: mariadb-corporation/MaxScale 24.02,
 * server/modules/monitor/mariadbmon/cluster_manipulation.cc.
 */
class Mariadbmon extends Promoter {
  protected readonly hurries = false
  /** Servers whose answers are waited for in this round. */
  private waiting = 0
  /** By server: up to where it had received, and when that was last more. */
  private readonly news: { position: number; at: number }[]

  constructor(
    site: Site,
    private readonly options: z.output<typeof mariadbmonOptions>,
  ) {
    super(site, options, options.backend_connect_timeout, options.backend_connect_timeout)
    this.news = this.watched.map(() => ({ position: 0, at: site.context.kernel.now }))
    const phase = site.context.stream(site.name, 'round').next()
    site.context.kernel.after(phase * options.monitor_interval, this.round, null)
  }

  private readonly round = (): void => {
    if (!this.serves) {
      this.context.kernel.after(this.options.monitor_interval, this.round, null)
      return
    }
    this.waiting = this.watched.length
    for (const one of this.watched) if (!this.ask(one)) this.waiting--
  }

  protected heard(one: Watched): void {
    const { now } = this.context.kernel
    const known = this.news[this.watched.indexOf(one)]!
    const { received } = one.server.applier
    if (one.answers && received > known.position) {
      known.position = received
      known.at = now
    }
    if (--this.waiting > 0) return
    this.context.kernel.after(this.options.monitor_interval, this.round, null)
    if (this.serves && this.watches) this.judge()
  }

  private judge(): void {
    const { auto_failover, auto_rejoin, failcount, verify_master_failure } = this.options
    const { primary } = this
    if (auto_rejoin)
      for (const { server, answers } of this.watched)
        if (server.apart && answers && server.own === 0) this.replication.rejoin(server)
    if (primary.answers) this.calm()
    if (primary.failures < failcount) return
    const witness = verify_master_failure ? this.witness : undefined
    if (!auto_failover) this.holdBack('auto_failover is off')
    else if (witness === undefined) this.declareDead()
    else this.holdBack(`${witness.server.name} had something from it a moment ago`)
  }

  /** A replica that has had something from the primary of late. */
  private get witness(): Watched | undefined {
    const { now } = this.context.kernel
    return this.replicas.find((one) => {
      const { server, answers, broken } = one
      const silence = now - this.news[this.watched.indexOf(one)]!.at
      const since = this.replication.hears(server) ? silence % (server.netTimeout / 2) : silence
      return answers && !broken && since < this.options.master_failure_timeout
    })
  }

  protected worth(server: Mysql): number {
    return server.applier.received
  }
}

export const mariadbmon = kind({
  kind: 'mariadbmon',
  says: 'monitor of MaxScale: promotes a replica when the primary did not answer in five rounds',
  aliases: ['maxscale'],
  icon: 'M3 3h12v9h-12zM6 16h6M9 12v4M5 8h2l1.5-3l2 5l1-2h2',
  example: `
    mariadbmon: { kind: mariadbmon, servers: [db-1, db-2], auto_failover: on }
    db-1: { kind: mysql, service: 5ms, replicas: [db-2] }
    db-2: { kind: mysql, service: 5ms }`,
  known: toolOptions,
  options: mariadbmonOptions,
  misfits: promoterMisfits,
  periodic: ({ servers, monitor_interval }) => servers.length / monitor_interval,
  counts: promoterCounts,
  build: (site, options) => new Mariadbmon(site, options),
})
