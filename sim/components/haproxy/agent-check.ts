import { Component } from '../../parts/component.js'
import { CpuUse } from '../../parts/cpu-use.js'
import type { Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { SCALE, type Server } from '../balance/server.js'
import type { Step } from './agent-says.js'

/** What stands beside a server, and answers on a port of its own: also while that hangs, or is dead. */
class Beside extends Component {
  constructor({ context, name }: Site, { name: target, host }: Component) {
    const own = `${name}@${target}`
    super({ context, name: own, role: own, host })
  }

  accept(request: Request): void {
    request.reply(Outcome.ok)
  }
}

/** The largest weight. */
const MOST = 256

/**
 * `agent-check` of a server line: an agent beside the server is asked every `agent-inter`, and says in words what the
 * server is to get. What it does not speak of stays as it is; one that does not answer changes nothing. Percents are of
 * the weight in the configuration, rounded down; where the algorithm is static only 0 % and 100 % are taken. `drain`
 * leaves the server those whom a cookie leads to it, `maint` nobody, and its checks pause; `ready` ends both. `down`
 * holds until `up`, whatever checks say.
 *
 * `cpu` stands for what such agents mostly say, and here a whole number from 1 to 100: the percent of the cores of its
 * machine that were idle since it was asked last. Assumption: an agent takes no CPU time.
 *
 * Source: HAProxy 2.6, configuration manual ("agent-check"), server.c (server_parse_weight_change_request,
 * srv_set_admin_flag); shares and states measured on 2.6.12.
 */
export class AgentCheck {
  private up = true
  private admin: 'ready' | 'drain' | 'maint' = 'ready'
  readonly wire: Wire
  private readonly use: CpuUse
  private readonly weight: number
  private readonly maxconn: number

  /**
   * @param server as the configuration has it
   * @param fixed its algorithm is static
   * @param round a request that never ends; it waits between looks
   */
  constructor(
    site: Site,
    target: Component,
    private readonly server: Server,
    private readonly fixed: boolean,
    private readonly says: readonly Step[],
    readonly round: Request,
  ) {
    this.wire = site.wire(target.name, undefined, new Beside(site, target))
    this.use = new CpuUse(target.processor)
    this.weight = server.weight
    this.maxconn = server.maxconn
  }

  /** Whether the server is there, as far as its agent says. */
  get runs(): boolean {
    return this.up && !this.pauses
  }

  /** Whether it gets those whom nothing leads to it. */
  get serves(): boolean {
    return this.up && this.admin === 'ready'
  }

  /** Whether its checks pause. */
  get pauses(): boolean {
    return this.admin === 'maint'
  }

  /** What was said is forgotten: the process started. */
  begin(): void {
    const { server, weight, maxconn } = this
    this.up = true
    this.admin = 'ready'
    server.weight = weight
    server.share = weight * SCALE
    server.maxconn = maxconn
  }

  /**
   * What the agent says holds.
   * @param time seconds of the measured span, before that below 0
   * @returns whether anything is otherwise than before
   */
  heed(time: number, now: number): boolean {
    const words = this.says.findLast(({ from }) => from === 0 || from <= time)?.words
    if (words === undefined) return false
    const { server, up, admin } = this
    const { weight, maxconn } = server
    this.up = words.up ?? up
    this.admin = words.admin ?? admin
    server.maxconn = words.maxconn ?? maxconn
    const percent = words.weight === 'cpu' ? this.idle(now) : words.weight
    if (percent !== null) this.weigh(Math.min(Math.trunc((this.weight * percent) / 100), MOST))
    return up !== this.up || admin !== this.admin || weight !== server.weight || maxconn !== server.maxconn
  }

  private weigh(weight: number): void {
    if (!this.fixed || weight === 0 || weight === this.weight) this.server.weight = weight
  }

  /** Percent of the cores. */
  private idle(now: number): number {
    const used = this.use.look(now)
    return Number.isNaN(used) ? 100 : Math.max(1, Math.round(100 * (1 - used)))
  }
}

/** The most slots that a server ever has. */
export const mostSlots = (maxconn: number, says: readonly Step[] = []): number =>
  Math.max(maxconn, ...says.map(({ words }) => words.maxconn ?? 0))
