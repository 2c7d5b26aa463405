import { z } from 'zod'
import type { Deadlines } from '../kernel/deadlines.js'
import { duration, perClass, period, refs } from '../options/types.js'
import { Tally } from '../stats/tally.js'
import { Component } from './component.js'
import type { Demand } from './demand.js'
import { kind, type Site } from './kind.js'
import { Outcome } from './outcome.js'
import type { Request } from './request.js'
import type { Wire } from './wire.js'

const monitorOptions = z.strictObject({
  targets: refs().describe('components that it watches, each through an agent on its host'),
  // Prometheus: global.scrape_interval, scrape_timeout, evaluation_interval; Alertmanager: group_wait.
  scrape_interval: period().prefault('1min').describe('between two looks at a target'),
  scrape_timeout: period().prefault('10s').describe('after which a look has failed'),
  evaluation_interval: period().prefault('1min').describe('between two evaluations of the alert rules'),
  for: duration()
    .prefault('0s')
    .describe('how long a target must be down, at every evaluation, before its alert fires'),
  group_wait: duration().prefault('30s').describe('from the alert to its notification'),
  agent: perClass()
    .prefault('5ms')
    .describe('CPU time that a scrape costs on the host of the target (an assumption)'),
})

/** What answers scrapes on the host of a target, and costs CPU there. */
class Agent extends Component {
  constructor(
    site: Site,
    readonly target: Component,
    private readonly cost: Demand,
  ) {
    super({
      context: site.context,
      name: `${site.name}@${target.name}`,
      role: `${site.name}@agent`,
      host: target.host,
    })
  }

  protected accept(request: Request): void {
    this.run(request, this.cost.of(request), this.report)
  }

  /** Tells whether the process beside it is there and answers. */
  private readonly report = (request: Request): void =>
    request.reply(this.target.serves ? Outcome.ok : Outcome.unavailable)
}

/** What the monitor believes of one target, and what really is. */
interface Watch {
  readonly agent: Agent
  readonly wire: Wire
  /** The scrape that is under way. */
  job: Request | null
  /** As of the last scrape. */
  up: boolean
  /** When its alert became pending; NaN if it is not. */
  pending: number
  firing: boolean
  /** Log lines as of the last scrape. */
  lines: number
  /** When the outage that really goes on began; NaN if there is none. */
  outage: number
  noticed: boolean
}

/**
 * Monitoring after the model of Prometheus: agents that are scraped, alert rules, a notification. It notices
 * late, and not at all while it is down itself. Time to detect: to the next scrape (and its timeout), to the next
 * evaluation, `for` rounded up to evaluations, `group_wait`.
 */
class Monitor extends Component {
  private readonly watches: readonly Watch[]
  private readonly interval: number
  private readonly evaluation: number
  private readonly hold: number
  private readonly groupWait: number
  private readonly scraping: Deadlines<Request>
  private readonly detection = new Tally()
  private outages = 0
  private noticed = 0
  private falseAlarms = 0
  private lines = 0

  constructor(site: Site, options: z.output<typeof monitorOptions>) {
    super(site)
    this.interval = options.scrape_interval
    this.evaluation = options.evaluation_interval
    this.hold = options.for
    this.groupWait = options.group_wait
    this.scraping = this.timers(options.scrape_timeout, (job) => this.scraped(job, false))
    const cost = site.demand(options.agent, 'agent')
    this.watches = options.targets.map(({ name }) => {
      const target = site.component(name)
      const agent = new Agent(site, target, cost)
      const wire = site.wire(name, options.scrape_timeout, agent)
      const watch: Watch = {
        agent,
        wire,
        job: null,
        up: true,
        pending: Number.NaN,
        firing: false,
        lines: target.logLines ?? 0,
        outage: Number.NaN,
        noticed: false,
      }
      for (const dial of [target.up, target.running, target.host.power]) dial.watch(() => this.look(watch))
      return watch
    })
    // When it looks, seen from whatever happens, is chance.
    const phase = site.context.stream(site.name, 'phase')
    for (const watch of this.watches)
      site.context.kernel.after(phase.next() * this.interval, this.scrape, watch)
    site.context.kernel.after(phase.next() * this.evaluation, this.evaluate, null)
  }

  /** Nobody calls a monitor. */
  protected accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  private readonly scrape = (watch: Watch): void => {
    this.context.kernel.after(this.interval, this.scrape, watch)
    if (!this.serves || watch.job !== null) return
    const job = this.context.requests.take()
    job.at = this
    job.health = true
    job.note = this.watches.indexOf(watch)
    watch.job = job
    const look = this.attempt(job)
    look.deadline = this.scraping.set(look)
    watch.wire.send(look)
  }

  protected override resume(job: Request, answer: Request): void {
    this.scraped(job, answer.outcome === Outcome.ok)
  }

  private scraped(job: Request, up: boolean): void {
    const watch = this.watches[job.note]!
    watch.job = null
    watch.up = up
    const lines = watch.agent.target.logLines
    if (up && lines !== null) {
      this.lines += lines - watch.lines
      watch.lines = lines
    }
    this.context.requests.release(job)
  }

  private readonly evaluate = (): void => {
    const { kernel } = this.context
    kernel.after(this.evaluation, this.evaluate, null)
    if (!this.serves) return
    for (const watch of this.watches) {
      if (watch.up) {
        watch.pending = Number.NaN
        watch.firing = false
        continue
      }
      if (Number.isNaN(watch.pending)) watch.pending = kernel.now
      if (!watch.firing && kernel.now - watch.pending >= this.hold) {
        watch.firing = true
        kernel.after(this.groupWait, this.notify, watch)
      }
    }
  }

  private readonly notify = (watch: Watch): void => {
    if (!this.serves) return
    if (Number.isNaN(watch.outage)) {
      // The target answers (again): a false alarm, or one that came too late to help.
      this.falseAlarms++
    } else if (!watch.noticed) {
      watch.noticed = true
      this.noticed++
      this.detection.record(this.context.kernel.now - watch.outage)
    }
  }

  /** A target came, went, hung or runs again: what really is, for the count of what was noticed. */
  private look(watch: Watch): void {
    const down = !watch.agent.target.serves
    if (down && Number.isNaN(watch.outage)) {
      watch.outage = this.context.kernel.now
      watch.noticed = false
      this.outages++
    } else if (!down) {
      watch.outage = Number.NaN
    }
  }

  protected override crashed(): void {
    for (const watch of this.watches) {
      watch.up = true
      watch.pending = Number.NaN
      watch.firing = false
      if (watch.job === null) continue
      this.forget(watch.job)
      this.context.requests.release(watch.job)
      watch.job = null
    }
  }

  override restart(now: number): void {
    super.restart(now)
    this.detection.restart()
    this.outages = 0
    this.noticed = 0
    this.falseAlarms = 0
    this.lines = 0
  }

  /** Outages of targets and how many led to a notification in time; QPS as a graph over the access logs shows it. */
  override extra(now: number): Record<string, number> {
    return {
      outages: this.outages,
      noticed: this.noticed,
      time_to_detect_s: this.detection.mean,
      false_alarms: this.falseAlarms,
      qps_logged: this.lines / this.probe.inside.span(now),
    }
  }
}

export const monitor = kind({
  kind: 'monitor',
  says: 'agents that are scraped, and alerts that come late',
  options: monitorOptions,
  build: (site, options) => new Monitor(site, options),
})
