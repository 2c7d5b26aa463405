import * as z from 'zod'
import { interval, refs } from '../../options/types.js'
import { kind, type Site } from '../../parts/kind.js'
import { UP } from '../../parts/transfer.js'
import type { Mysql } from '../mysql/mysql.js'
import { Promoter, type Watched } from './promoter.js'
import { promoterCounts, promoterMisfits, promoterOptions } from './promoter-options.js'
import { toolOptions } from './tool-options.js'

/** Pings in a row that fail until the primary is taken for dead. */
const FAILURES = 4

const mhaOptions = z.strictObject({
  ...promoterOptions,
  ping_interval: interval()
    .prefault('3s')
    .describe('from one ping of the primary to the next, and how long one takes at most'),
  secondary_check_script: refs({ kind: 'mysql', role: 'watches' })
    .optional()
    .describe(
      'replicas from whose machines it looks too (masterha_secondary_check): if one of them can connect to the primary, or is not reached itself, nothing is done; default: none',
    ),
})

/**
 * MHA: four pings in a row that fail, and the primary is dead; with `secondary_check_script` only if the check that began at
 * the first of them found it dead from everywhere, else it counts anew. From the machine of the old primary, if that is
 * reached, it takes the writes that nobody has. It promotes once, and exits. Source: yoshinorim/mha4mysql-manager,
 * lib/MHA/HealthCheck.pm and bin/masterha_secondary_check: the first failure of an open connection counts too.
 */
class Mha extends Promoter {
  protected readonly hurries = false
  private readonly interval: number
  /** Those from which it looks too. */
  private readonly others: readonly Watched[]
  /** What the check that began at the first failure said. */
  private objection: string | null = null
  private isDone = false
  /** When the last ping was sent. */
  private pinged = 0

  constructor(site: Site, options: z.output<typeof mhaOptions>) {
    super(site, options, options.ping_interval, options.ping_interval)
    this.interval = options.ping_interval
    const named = (options.secondary_check_script ?? []).map(({ name }) => name)
    this.others = this.watched.filter(({ server }) => named.includes(server.name))
    const phase = site.context.stream(site.name, 'ping').next()
    site.context.kernel.after(phase * this.interval, this.ping, null)
  }

  private readonly ping = (): void => {
    const { kernel } = this.context
    this.pinged = kernel.now
    if (!this.serves || !this.watches || !this.ask(this.primary)) kernel.after(this.interval, this.ping, null)
  }

  protected heard(one: Watched): void {
    const { kernel } = this.context
    if (one === this.primary) this.judge(one)
    if (!this.isDone) kernel.after(Math.max(0, this.pinged + this.interval - kernel.now), this.ping, null)
  }

  private judge(one: Watched): void {
    if (!this.serves || !this.watches) return
    if (one.answers) this.calm()
    if (one.failures === 1) this.objection = this.check()
    if (one.failures < FAILURES) return
    if (this.objection === null) this.declareDead()
    else {
      one.failures = 0
      this.holdBack(this.objection)
    }
  }

  /** What speaks against it that the primary is dead, as seen from the machines of others; null if nothing does. */
  private check(): string | null {
    for (const { server, wire } of this.others) {
      if (server.host.power.value === 0 || !wire.carries(UP)) return `${server.name} was not reached`
      if (this.replication.reaches(server)) return `${server.name} can connect to it`
    }
    return null
  }

  /** Takes the binary log from the machine of the old primary. */
  protected override prepare(): void {
    const { server, wire } = this.primary
    if (server.host.power.value === 0 || !wire.carries(UP)) return
    for (const one of this.replicas)
      if (one.server.serves) one.server.applier.receive(this.replication.log.head)
  }

  protected worth(server: Mysql): number {
    return server.applier.received
  }

  protected override promoted(): void {
    this.isDone = true
  }

  protected override failed(): void {
    this.isDone = true
  }
}

export const mha = kind({
  kind: 'mha',
  says: 'MHA: promotes a replica when four pings of the primary failed, once',
  aliases: ['masterha_manager'],
  icon: 'M9 2v4M9 9v7M5 6h8v3h-8zM2 12h3M13 12h3',
  example: `
    mha: { kind: mha, servers: [db-1, db-2] }
    db-1: { kind: mysql, service: 5ms, replicas: [db-2] }
    db-2: { kind: mysql, service: 5ms }`,
  known: toolOptions,
  options: mhaOptions,
  misfits: (self, all) => [
    ...promoterMisfits(self, all),
    ...(self.options.secondary_check_script ?? []).flatMap(({ name }, i) => {
      const isReplica =
        self.options.servers.some((one) => one.name === name) &&
        all.find((one) => one.name === name)?.options.replicas === undefined
      return isReplica
        ? []
        : [{ path: ['secondary_check_script', i], message: `${name} is no replica among servers:` }]
    }),
  ],
  periodic: ({ ping_interval }) => 1 / ping_interval,
  counts: promoterCounts,
  build: (site, options) => new Mha(site, options),
})
