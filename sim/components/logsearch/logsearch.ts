import { Component } from '../../parts/component.js'
import type { Findings } from '../../parts/count.js'
import type { Host } from '../../parts/host.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import type { Stream } from '../../random/stream.js'
import { SIGNALS, type Signal } from '../monitor/expression.js'
import { RuleTally, ruleCounts, ruleTold } from '../monitor/rule-counts.js'
import { Bout } from '../monitor/rules.js'
import { AccessLog, type Second } from './access-log.js'
import { Found, measured } from './found.js'
import { everyOf, type LogsearchOptions, logsearchOptions, type SearchRule } from './logsearch-options.js'
import { MINUTE, Minutes } from './minutes.js'
import { Shipper } from './shipper.js'

/** Lines on their way to where a search finds them. */
interface Batch {
  readonly found: Found
  readonly lines: readonly Second[]
}

interface Search {
  readonly options: SearchRule
  readonly every: number
  readonly found: readonly Found[]
  readonly bout: Bout
  /** Since when what it waits for holds, as its runs know; NaN while it does not. */
  failing: number
}

/** A notification on its way to somebody. */
interface Mail {
  readonly search: SearchRule
  readonly onset: number
}

/**
 * Monitoring by access logs, after the model of Sumo Logic: a collector on each host ships new lines, which a search
 * finds after a while; searches run again and again over the last minutes, by the time stamps of lines, and alert. What
 * left no line it does not see, and what is late is missing from the last seconds of each search, so that `qps` is
 * lower than the lines are (its documentation, Create a Monitor, Evaluation Delay: "it takes a couple of minutes for data to
 * be processed"). A search that finds no line alerts of `qps <` alone. It alerts at the first run that finds what it
 * waits for, and again once a run has not found that. While it is away nothing is shipped, and nothing is lost. Lines
 * and alerts survive it (an assumption: it is a service that stores them).
 */
class Logsearch extends Component {
  private readonly logs: readonly AccessLog[]
  private readonly found: ReadonlyMap<AccessLog, Found>
  private readonly searches: readonly Search[]
  private readonly delays: Stream
  private readonly reading: Stream
  private readonly tallies = new Map<Signal, RuleTally>()
  private readonly longest: number
  private readonly minutes = new Minutes()
  // Of the measured span:
  private since = 0
  private asked = 0
  private lines = 0
  private lost = 0
  private late = { lines: 0, seconds: 0 }

  constructor(
    site: Site,
    private readonly options: LogsearchOptions,
  ) {
    super(site)
    const { context, name } = site
    const { kernel } = context
    const { targets, rules, rotate, line_service } = options
    const timed = rules.some(({ expr }) => expr.quantile !== null)
    const shippers = new Map<Host, Shipper>()
    this.logs = targets.map((ref) => {
      const target = site.component(ref.name)
      const log = new AccessLog(context, target, rotate ?? null, timed)
      target.process.writeTo(log)
      const shipper = shippers.get(target.host) ?? new Shipper(site, target.host, this, line_service)
      shippers.set(target.host, shipper)
      shipper.sources.push({ log, wire: site.wire(ref.name, undefined, shipper) })
      return log
    })
    this.found = new Map(this.logs.map((log) => [log, new Found()]))
    this.delays = context.stream(name, 'ingest')
    this.reading = context.stream(name, 'delay')
    this.longest = Math.max(0, ...rules.map(({ range }) => range)) + options.evaluation_delay
    this.searches = rules.map((one) => this.searchOf(one))
    for (const { options: own } of this.searches)
      if (!this.tallies.has(own.expr.signal)) this.tallies.set(own.expr.signal, new RuleTally())
    // When it looks, seen from whatever happens, is chance.
    for (const search of this.searches) {
      const phase = context.stream(name, `search/${search.options.alert}`).next()
      kernel.after(phase * search.every, this.look, search)
    }
    kernel.after(MINUTE, this.minute, null)
  }

  private searchOf(options: SearchRule): Search {
    const { expr, range, targets } = options
    const own = this.logs.filter(
      ({ target }) => targets === undefined || targets.some(({ name }) => name === target.name),
    )
    const patience = expr.signal === 'latency' ? expr.bound : Number.POSITIVE_INFINITY
    const bout = new Bout(this.context, range + this.options.evaluation_delay, patience)
    const found = own.map((log) => this.found.get(log)!)
    return { options, every: everyOf(options), found, bout, failing: Number.NaN }
  }

  /** Someone looks at its dashboard. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  // ---- The life of a line -----------------------------------------------------------------------------------

  /** A collector has shipped what it has read. */
  take(log: AccessLog, lines: readonly Second[], latency: number): void {
    const { kernel } = this.context
    const delay = latency + this.options.ingest_delay.sample(this.delays)
    kernel.after(delay, this.findable, { found: this.found.get(log)!, lines })
  }

  private readonly findable = ({ found, lines }: Batch): void => {
    const { now } = this.context.kernel
    for (const { at, lines: n } of lines) {
      this.late.lines += n
      this.late.seconds += n * (now - at - HALF)
    }
    found.add(lines)
    found.forget(now - this.longest - 1)
  }

  private readonly minute = (): void => {
    const { kernel, asked } = this.context
    kernel.after(MINUTE, this.minute, null)
    this.minutes.end(kernel.now, this.written, asked)
  }

  private get written(): number {
    return this.logs.reduce((sum, { lines }) => sum + lines, 0)
  }

  // ---- The life of an alert ---------------------------------------------------------------------------------

  private readonly look = (search: Search): void => {
    const { kernel } = this.context
    kernel.after(search.every, this.look, search)
    const { expr, range } = search.options
    const to = kernel.now - this.options.evaluation_delay
    // Before, there would be lines from before the run: it begins in the middle of life.
    if (!this.serves || to < range) return
    const lines = search.found.flatMap((one) => one.between(to - range, to))
    if (!expr.holds(measured(expr, lines, range))) search.failing = Number.NaN
    else if (Number.isNaN(search.failing)) {
      search.failing = kernel.now
      const mail = { search: search.options, onset: search.bout.onset(kernel.now) }
      kernel.after(this.options.delay.sample(this.reading), this.read, mail)
    }
  }

  /** Somebody has read a notification. */
  private readonly read = ({ search: { alert, expr }, onset }: Mail): void => {
    const { now } = this.context.kernel
    this.tallies.get(expr.signal)!.told(onset, onset >= this.since ? now : Number.NaN)
    if (onset >= this.since) this.context.detected(this.name, `told people of ${alert}`, onset)
  }

  // ---- What is counted --------------------------------------------------------------------------------------

  override restart(now: number): void {
    super.restart(now)
    this.since = now
    this.asked = this.context.asked
    this.lines = this.written
    this.lost = this.lostLines
    this.late = { lines: 0, seconds: 0 }
    for (const tally of this.tallies.values()) tally.restart()
  }

  private get lostLines(): number {
    return this.logs.reduce((sum, { lost }) => sum + lost, 0)
  }

  /** QPS as a graph over the access logs shows it, beside what visitors really asked; how late lines are. */
  override extra(now: number): Record<string, number> {
    const span = now - this.since
    const extremes = this.minutes.extremes(this.since)
    return {
      qps_logged: (this.written - this.lines) / span,
      qps_real: (this.context.asked - this.asked) / span,
      least_qps_logged: extremes?.least.logged ?? Number.NaN,
      least_qps_real: extremes?.least.real ?? Number.NaN,
      most_qps_logged: extremes?.most.logged ?? Number.NaN,
      most_qps_real: extremes?.most.real ?? Number.NaN,
      found_after_s: this.late.seconds / this.late.lines,
      ...(this.options.rotate && { lost_lines: this.lostLines - this.lost }),
      ...Object.assign({}, ...[...this.tallies].map(([signal, tally]) => tally.counts(signal))),
    }
  }
}

/** A line is in the middle of its second, on the mean. */
const HALF = 0.5

type Self = Neighbour<LogsearchOptions>

/** Far enough apart that it is no chance of a minute. */
const APART = 0.8

/** What the logs show, what came of searches. */
function searched({ name, value, shown, digits, replications }: Findings): string[] {
  const per = replications > 1 ? ' a run' : ''
  const many = (n: number, what: string) => `${digits(n)} ${what}${n === 1 ? '' : 's'}${per}`
  const told: string[] = []
  const [logged, real] = [value('qps_logged'), value('qps_real')]
  if (logged !== null && real !== null)
    told.push(`${name} read ${digits(logged)} QPS from the access logs, where visitors asked ${digits(real)}`)
  const [least, then] = [value('least_qps_logged'), value('least_qps_real')]
  if (least !== null && then !== null && least < APART * then)
    told.push(
      `in the minute with the fewest lines it read ${digits(least)}, where they asked ${digits(then)}`,
    )
  const lost = value('lost_lines') ?? 0
  if (lost > 0) told.push(`${many(lost, 'line')} were gone with their file before it had read them`)
  for (const signal of SIGNALS.filter((one) => value(`on_${one}_alerts`) !== null))
    told.push(`its ${ruleTold(signal, { value, shown, digits }, many)}`)
  return told.length > 0 ? [`${told.join('; ')}.`] : []
}

const ofLogs = ({ options: { rules } }: Self) =>
  rules.flatMap(({ expr }, i) =>
    expr.isCounted
      ? []
      : [{ path: ['rules', i, 'expr'], message: `no line of an access log says ${expr.signal}` }],
  )

const namesakes = ({ options: { rules } }: Self) =>
  rules.flatMap(({ alert }, i) =>
    rules.findIndex((other) => other.alert === alert) < i
      ? [{ path: ['rules', i, 'alert'], message: 'is the name of another rule' }]
      : [],
  )

const unread = ({ options: { rules, targets } }: Self) =>
  rules.flatMap((search, i) =>
    (search.targets ?? []).flatMap(({ name }) =>
      targets.some((one) => one.name === name)
        ? []
        : [{ path: ['rules', i, 'targets'], message: `${name} is none of the targets whose logs it reads` }],
    ),
  )

export const logsearch = kind({
  kind: 'logsearch',
  says: 'access logs that are shipped, and searches in them that alert',
  aliases: ['sumologic', 'sumo', 'splunk', 'loki', 'elk', 'elasticsearch', 'graylog', 'logstash', 'filebeat'],
  icon: 'M3 2h8v4M3 2v13h5M5.5 6h3M5.5 9h2M12 13a3 3 0 1 0-.1 0M14 14l2.5 2.5',
  example: `
    logsearch: { kind: logsearch, targets: [server], rules: [{ alert: Errors, expr: error_rate > 5% }] }
    server: { kind: service, servers: 4, service: exponential(20ms) }`,
  options: logsearchOptions,
  tellsPeople: true,
  misfits: (self) => [...ofLogs(self), ...namesakes(self), ...unread(self)],
  counts: {
    qps_logged: { unit: '/s', says: 'requests in the access logs' },
    qps_real: { unit: '/s', says: 'requests of the visitors' },
    least_qps_logged: { unit: '/s', says: 'requests in the logs in the minute with the fewest' },
    least_qps_real: { unit: '/s', says: 'requests of the visitors in that minute' },
    most_qps_logged: { unit: '/s', says: 'requests in the logs in the minute with the most' },
    most_qps_real: { unit: '/s', says: 'requests of the visitors in that one' },
    found_after_s: { unit: 's', says: 'time from a line until a search finds it' },
    lost_lines: {
      unit: 'count',
      says: 'lines that were gone before they were read',
      when: ({ options }) => options.rotate !== undefined,
      newsFrom: 0.5,
    },
    ...ruleCounts(['error_rate', 'latency', 'qps']),
  },
  periodic: ({ targets, rules }) =>
    targets.length / 2 + rules.reduce((sum, one) => sum + 1 / everyOf(one), 1 / MINUTE),
  remarks: searched,
  build: (site, options) => new Logsearch(site, options),
})
