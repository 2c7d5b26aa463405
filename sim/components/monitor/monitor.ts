import * as z from 'zod'
import type { Deadlines } from '../../kernel/deadlines.js'
import { duration, interval, law, period, refs, share } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Findings } from '../../parts/count.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { State } from '../../parts/port.js'
import { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { Tally } from '../../stats/tally.js'
import { Agent } from './agent.js'
import { Collector } from './collector.js'

const monitorOptions = z.strictObject({
  targets: refs({ role: 'watches' }).describe(
    'components that it watches, each through an agent on its host',
  ),
  // Prometheus: global.scrape_interval, scrape_timeout, evaluation_interval; Alertmanager: group_wait.
  scrape_interval: interval().prefault('1min').describe('between two looks at a target'),
  scrape_timeout: period()
    .optional()
    .describe('after which a look has failed; default 10s, or scrape_interval if that is shorter'),
  evaluation_interval: interval().prefault('1min').describe('between two evaluations of the alert rules'),
  for: duration()
    .prefault('0s')
    .describe('how long a target must be down, at every evaluation, before its alert fires'),
  group_wait: duration().prefault('30s').describe('from the alert to its notification'),
  agent_service: law()
    .prefault('5ms')
    .describe('CPU time of a scrape on the host of the target (an assumption)'),
  agent_load: share()
    .prefault('2%')
    .describe('of a core of each such host, for the collector that reads its logs (an assumption)'),
})

/** What it notes on a scrape: the place of its target. */
const looking = notes({ target: 'note1' })

/** Seconds. */
const SCRAPE_TIMEOUT = 10

/** A target: what the monitor believes of it, and what really is. */
interface Watch {
  readonly target: Component
  readonly wire: Wire
  /** The scrape, a request of the monitor's own that is made again and again. */
  readonly scrape: Request
  /** When the first of the scrapes that failed in a row began; NaN while they succeed. */
  failing: number
  /** When its alert became pending; NaN if it is not. */
  pending: number
  /** The alert that fires, a number of its own; 0 for none. */
  alert: number
  /** Lines of its access log as of the last scrape. */
  lines: number
  /** The last outage: begin, end (`Infinity` while it lasts), and whether anyone was told. */
  from: number
  to: number
  noticed: boolean
}

/** An alert on its way to people. */
interface Notice {
  readonly watch: Watch
  readonly alert: number
}

/**
 * Monitoring after the model of Prometheus and its Alertmanager: agents are scraped, a rule (`up == 0` for so long)
 * is evaluated, and a notification goes out. It notices late, and not at all while it is down itself. Time to
 * detect: to the next scrape (and its timeout, if there is silence), to the next evaluation, `for` rounded up to
 * evaluations, `group_wait`. Each target's alert is a group of its own. Who restarts has forgotten pending alerts
 * (an assumption: Prometheus restores only those with a long `for`).
 */
class Monitor extends Component {
  private readonly watches: readonly Watch[]
  private readonly interval: number
  private readonly evaluation: number
  private readonly hold: number
  private readonly groupWait: number
  private readonly scraping: Deadlines<Request>
  private readonly logs: boolean
  /** Notices that were due while the process hung. */
  private readonly held: Notice[] = []
  private scrapes = 0
  private alerts = 0
  // Of the measured span:
  private since = 0
  private asked = 0
  private lines = 0
  private outages = 0
  private noticed = 0
  private falseAlarms = 0
  private readonly detection = new Tally()

  constructor(site: Site, options: z.output<typeof monitorOptions>) {
    super(site)
    this.interval = options.scrape_interval
    this.evaluation = options.evaluation_interval
    this.hold = options.for
    this.groupWait = options.group_wait
    const timeout = options.scrape_timeout ?? Math.min(SCRAPE_TIMEOUT, options.scrape_interval)
    this.scraping = this.timers(timeout, (scrape) => this.scraped(scrape, false), true)
    this.watches = options.targets.map(({ name }, i) => {
      const target = site.component(name)
      const scrape = new Request()
      scrape.at = this.process
      scrape.health = true
      scrape[looking.target] = i
      const watch: Watch = {
        target,
        wire: site.wire(name, undefined, new Agent(site, target, options.agent_service)),
        scrape,
        failing: Number.NaN,
        pending: Number.NaN,
        alert: 0,
        lines: target.logLines ?? 0,
        from: Number.NEGATIVE_INFINITY,
        to: Number.NEGATIVE_INFINITY,
        noticed: true,
      }
      target.observe(() => this.look(watch))
      return watch
    })
    this.observe(() => {
      if (this.serves) for (const notice of this.held.splice(0)) this.notify(notice)
    })
    this.logs = this.watches.some(({ target }) => target.logLines !== null)
    if (options.agent_load > 0) {
      const hosts = new Set(this.watches.map(({ target }) => target.host))
      for (const host of hosts) new Collector(site, host, options.agent_load)
    }
    // When it looks, seen from whatever happens, is chance; a target more or less shifts no other's turn.
    const { context, name } = site
    for (const watch of this.watches) {
      const phase = context.stream(name, `scrape/${watch.target.name}`).next()
      context.kernel.after(phase * this.interval, this.scrape, watch)
    }
    const phase = context.stream(name, 'evaluate').next()
    context.kernel.after(phase * this.evaluation, this.evaluate, null)
  }

  /** Someone looks at its dashboard. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  // ---- The life of a scrape -------------------------------------------------------------------------------

  private readonly scrape = (watch: Watch): void => {
    const { kernel } = this.context
    kernel.after(this.interval, this.scrape, watch)
    const { scrape } = watch
    if (!this.serves || scrape.child !== null) return
    scrape.key = ++this.scrapes
    scrape.arrived = kernel.now
    const child = this.attempt(scrape)
    child.deadline = this.scraping.set(child)
    watch.wire.send(child)
  }

  override resume(scrape: Request, answer: Request): void {
    this.scraped(scrape, answer.outcome === Outcome.ok)
  }

  private scraped(scrape: Request, up: boolean): void {
    const watch = this.watches[scrape[looking.target]]!
    if (!up) {
      if (Number.isNaN(watch.failing)) watch.failing = scrape.arrived
      return
    }
    watch.failing = Number.NaN
    const { logLines } = watch.target
    if (logLines !== null) {
      this.lines += logLines - watch.lines
      watch.lines = logLines
    }
  }

  // ---- The life of an alert -------------------------------------------------------------------------------

  private readonly evaluate = (): void => {
    const { kernel } = this.context
    kernel.after(this.evaluation, this.evaluate, null)
    if (!this.serves) return
    for (const watch of this.watches) {
      if (Number.isNaN(watch.failing)) {
        watch.pending = Number.NaN
        watch.alert = 0
        continue
      }
      if (Number.isNaN(watch.pending)) watch.pending = kernel.now
      // Evaluations are a whole number of intervals apart, but for rounding.
      if (watch.alert === 0 && kernel.now - watch.pending >= this.hold - 1e-9) {
        watch.alert = ++this.alerts
        const notice: Notice = { watch, alert: watch.alert }
        kernel.after(this.groupWait, this.notify, notice)
      }
    }
  }

  /** People are told, unless the alert was resolved while its group waited. */
  private readonly notify = (notice: Notice): void => {
    const { watch, alert } = notice
    if (watch.alert !== alert) return
    if (this.state === State.hanging) {
      this.held.push(notice)
      return
    }
    // The target may be back already: what counts is whether the scrapes failed because of the outage.
    if (watch.to < watch.failing) {
      this.falseAlarms++
    } else if (!watch.noticed && watch.from >= this.since) {
      watch.noticed = true
      this.noticed++
      this.detection.record(this.context.kernel.now - watch.from)
      this.context.detected(this.name, `told people of ${watch.target.name}`, watch.from)
    }
  }

  override crashed(): void {
    for (const watch of this.watches) {
      this.forget(watch.scrape)
      watch.failing = Number.NaN
      watch.pending = Number.NaN
      watch.alert = 0
    }
  }

  // ---- What really is -------------------------------------------------------------------------------------

  /** A target came, went, hung or runs again. */
  private look(watch: Watch): void {
    const { now } = this.context.kernel
    const down = !watch.target.serves
    const wasDown = watch.to === Number.POSITIVE_INFINITY
    if (down && !wasDown) {
      watch.from = now
      watch.to = Number.POSITIVE_INFINITY
      watch.noticed = false
      this.outages++
    } else if (!down && wasDown) {
      watch.to = now
    }
  }

  override restart(now: number): void {
    super.restart(now)
    this.since = now
    this.asked = this.context.asked
    this.lines = 0
    this.outages = 0
    this.noticed = 0
    this.falseAlarms = 0
    this.detection.restart()
  }

  /**
   * Outages of targets that began in the measured span, those that someone was told of, and how long after their
   * beginning; notifications without an outage (the target could not be reached, say). QPS as a graph over the
   * access logs of the targets shows it, beside what the visitors really asked.
   */
  override extra(now: number): Record<string, number> {
    const span = now - this.since
    return {
      outages: this.outages,
      noticed: this.noticed,
      time_to_detect_s: this.detection.mean,
      false_alarms: this.falseAlarms,
      ...(this.logs && {
        qps_logged: this.lines / span,
        qps_real: (this.context.asked - this.asked) / span,
      }),
    }
  }
}

/** One of its targets has an access log. */
const readsLogs = ({ options }: Neighbour<z.output<typeof monitorOptions>>, all: readonly Neighbour[]) =>
  options.targets.some(({ name }) => all.find((one) => one.name === name)?.keepsLog)

/** Whether outages were noticed, and when; what the logs show. */
function watching({ name, value, shown, digits, replications, faults, away }: Findings): string[] {
  const told: string[] = []
  const per = replications > 1 ? ' a run' : ''
  const many = (n: number, what: string) => `${digits(n)} ${what}${n === 1 ? '' : 's'}${per}`
  const outages = value('outages') ?? 0
  if (outages > 0) {
    const noticed = value('noticed') ?? 0
    const after = value('time_to_detect_s') === null ? '' : `, ${shown('time_to_detect_s')} after they began`
    told.push(
      `${name} noticed ${noticed === 0 ? 'none' : digits(noticed)} of ${many(outages, 'outage')}${after}`,
    )
  } else if (faults > 0) {
    const missed =
      away === null
        ? ''
        : `, and it looks at nothing else: it missed the ${digits(away)} s in which visitors failed`
    told.push(`${name} saw no outage: every process that it watches was up${missed}`)
  }
  const wrong = value('false_alarms') ?? 0
  if (wrong > 0) told.push(many(wrong, 'false alarm'))
  const [logged, real] = [value('qps_logged'), value('qps_real')]
  if (logged !== null && real !== null)
    told.push(
      `${told.length > 0 ? 'it' : name} read ${digits(logged)} QPS from the access logs, where visitors asked ${digits(real)}`,
    )
  return told.length > 0 ? [`${told.join('; ')}.`] : []
}

export const monitor = kind({
  kind: 'monitor',
  says: 'agents that are scraped, and alerts that come late',
  aliases: ['prometheus', 'alertmanager', 'zabbix', 'datadog', 'nagios', 'icinga'],
  icon: 'M1.5 9.5h3.5l2-5.5l3.5 10l2-4.5h4',
  example: `
    monitor: { kind: monitor, targets: [server], scrape_interval: 15s }
    server: { kind: service, servers: 4, service: exponential(20ms) }`,
  options: monitorOptions,
  misfits: ({ options }) =>
    options.scrape_timeout !== undefined && options.scrape_timeout > options.scrape_interval
      ? [{ path: ['scrape_timeout'], message: 'expected no more than the scrape_interval' }]
      : [],
  counts: {
    outages: { unit: 'count', says: 'outages of its targets' },
    noticed: { unit: 'count', says: 'outages that it noticed', zeroBeside: 'outages' },
    time_to_detect_s: { unit: 's', says: 'time from the outage to the alert' },
    false_alarms: { unit: 'count', says: 'false alarms', newsFrom: 0.5 },
    qps_logged: { unit: '/s', says: 'requests in the access logs', when: readsLogs },
    qps_real: { unit: '/s', says: 'requests of the visitors', when: readsLogs },
  },
  periodic: ({ targets, scrape_interval, evaluation_interval }) =>
    targets.length / scrape_interval + 1 / evaluation_interval,
  remarks: watching,
  build: (site, options) => new Monitor(site, options),
})
